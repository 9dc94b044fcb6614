/* process.c - a child process with limits, that replies through a pipe and may be sent requests. */
#include "analyzer/symbolize/process.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CPU_SECONDS = 120, CPU_SECONDS_MAX = 1000000, PIPE_BYTES = 1 << 20 };
#define MEMORY_LIMIT ((rlim_t)8 << 30)

/* Bytes that one child may send: for any job, for each address, and at most. */
#define REPLY_BYTES_LEAST ((size_t)16 << 20)
#define REPLY_BYTES_PER_ADDR ((size_t)64 << 10)
#define REPLY_BYTES_MOST ((size_t)1 << 30)

/* That for memory is the one that libdw exits with as well when it gets none. */
enum { EXIT_NO_MEMORY = EXIT_FAILURE, EXIT_NO_FILES = 3 };

enum { FD_REPLY = 3, FD_REQUEST = 4, FD_HIGH = 5 }; /* of a child */

/* Address spaces under a sanitizer are of no use as a measure of memory. */
#if defined(__SANITIZE_ADDRESS__)
#define HAS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif
#ifndef HAS_SANITIZER
#define HAS_SANITIZER 0
#endif

int64_t hp_process_now_ms(void)
{
	struct timespec t = {0, 0};

	(void)clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail for this clock */
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct hp_shared *hp_shared_new(void)
{
	struct hp_shared *s =
		mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (s == MAP_FAILED)
		return NULL;
	atomic_init(&s->servers_asked, false);
	atomic_init(&s->servers_failed, false);
	return s;
}

void hp_shared_free(struct hp_shared *s)
{
	if (s)
		(void)munmap(s, sizeof(*s)); /* valid arguments */
}

void hp_shared_report(struct hp_shared *s, const struct hprof_symbolize_opts *o)
{
	if (!s || !o->servers)
		return;
	if (!s->reported_asked && atomic_load(&s->servers_asked)) {
		s->reported_asked = true;
		o->servers(o->servers_ctx, HPROF_SERVERS_ASKED);
	}
	if (!s->reported_failed && atomic_load(&s->servers_failed)) {
		s->reported_failed = true;
		o->servers(o->servers_ctx, HPROF_SERVERS_FAILED);
	}
}

unsigned hp_process_cpu_seconds(unsigned given)
{
	if (given == 0)
		return CPU_SECONDS;
	return given > CPU_SECONDS_MAX ? CPU_SECONDS_MAX : given;
}

int64_t hp_process_patience_ms(unsigned cpu_seconds)
{
	return ((int64_t)cpu_seconds * 3 + 10) * 1000;
}

size_t hp_process_max_reply_bytes(size_t n_addrs)
{
	if (n_addrs >= (REPLY_BYTES_MOST - REPLY_BYTES_LEAST) / REPLY_BYTES_PER_ADDR)
		return REPLY_BYTES_MOST;
	return REPLY_BYTES_LEAST + n_addrs * REPLY_BYTES_PER_ADDR;
}

/*
 * Never above what the user set.  Where @soft is below @hard it stays so: the signal of the
 * soft limit says what happened, SIGKILL would not.
 */
static void lower_limit(__rlimit_resource_t what, rlim_t soft, rlim_t hard)
{
	struct rlimit now;

	if (getrlimit(what, &now) != 0)
		return;
	if (now.rlim_max == RLIM_INFINITY || now.rlim_max > hard)
		now.rlim_max = hard;
	if (now.rlim_cur == RLIM_INFINITY || now.rlim_cur > soft)
		now.rlim_cur = soft;
	if (now.rlim_cur > now.rlim_max)
		now.rlim_cur = now.rlim_max;
	if (soft < hard && now.rlim_cur == now.rlim_max && now.rlim_cur > 1)
		now.rlim_cur--;
	(void)setrlimit(what, &now); /* the other limits remain */
}

void hp_process_limit_cpu(unsigned seconds)
{
	struct rusage used;
	struct rlimit now;

	if (getrusage(RUSAGE_SELF, &used) != 0 || getrlimit(RLIMIT_CPU, &now) != 0)
		return;
	now.rlim_cur = (rlim_t)used.ru_utime.tv_sec + (rlim_t)used.ru_stime.tv_sec + 1 + seconds;
	if (now.rlim_max != RLIM_INFINITY && now.rlim_cur >= now.rlim_max)
		now.rlim_cur = now.rlim_max; /* of the user */
	(void)setrlimit(RLIMIT_CPU, &now);   /* the parent's patience is limited, too */
}

/* Nothing of the parent's but memory: no files, no handlers, no terminal. */
static void detach(int *reply_fd, int *request_fd)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int high[2] = {fcntl(*reply_fd, F_DUPFD, FD_HIGH), -1};

	if (*request_fd >= 0)
		high[1] = fcntl(*request_fd, F_DUPFD, FD_HIGH);
	if (high[0] < 0 || dup2(high[0], FD_REPLY) < 0)
		_exit(EXIT_NO_FILES);
	*reply_fd = FD_REPLY;
	if (*request_fd >= 0 && (high[1] < 0 || dup2(high[1], FD_REQUEST) < 0))
		_exit(EXIT_NO_FILES);
	if (*request_fd >= 0)
		*request_fd = FD_REQUEST;
	for (int i = 0; i < 3 && null >= 0; i++)
		(void)dup2(null, i); /* as good as it gets */
#ifdef SYS_close_range
	(void)syscall(SYS_close_range, (unsigned)(*request_fd >= 0 ? FD_REQUEST : FD_REPLY) + 1,
		      ~0u, 0u);
#endif
}

static void reset_signals(void)
{
	sigset_t none;

	for (int i = 1; i < NSIG; i++)
		(void)signal(i, SIG_DFL); /* fails for those that cannot be caught */
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL); /* cannot fail with these arguments */
}

static void set_limits(unsigned cpu_seconds)
{
	struct rlimit files;

	if (cpu_seconds)
		lower_limit(RLIMIT_CPU, cpu_seconds, cpu_seconds + 2);
	lower_limit(RLIMIT_CORE, 0, 0);
	if (!HAS_SANITIZER)
		lower_limit(RLIMIT_DATA, MEMORY_LIMIT, MEMORY_LIMIT);
	/* a program built with split DWARF may have a file per unit */
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &files); /* fewer units, then */
	}
	(void)prctl(PR_SET_DUMPABLE, 0); /* no core through a pipe either */
}

static _Noreturn void run_child(const struct hp_job *job, hp_process_fn run, int reply_fd,
				int request_fd, pid_t parent, unsigned cpu_seconds)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* checked by the next line */
	if (getppid() != parent)
		_exit(EXIT_FAILURE);
	reset_signals();
	detach(&reply_fd, &request_fd);
	set_limits(cpu_seconds);
	_exit(run(job, reply_fd, request_fd) ? EXIT_SUCCESS : EXIT_NO_MEMORY);
}

static void close_pair(const int *fds)
{
	for (int i = 0; i < 2; i++)
		if (fds[i] >= 0)
			(void)close(fds[i]); /* nothing was written */
}

int hp_process_start(struct hp_process *p, const struct hp_job *job, hp_process_fn run,
		     unsigned cpu_seconds, bool asked, struct hprof_error *err)
{
	int reply[2];
	int request[2] = {-1, -1};
	pid_t parent = getpid();
	sigset_t before;
	sigset_t all;
	pid_t pid;

	if (pipe2(reply, O_CLOEXEC) != 0)
		return hp_fail(err, HPROF_EIO, "cannot make a pipe: %s", hp_errno_text(errno));
	(void)fcntl(reply[1], F_SETPIPE_SZ, PIPE_BYTES); /* else there is more waiting */
	if (asked && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, request) != 0) {
		close_pair(reply);
		return hp_fail(err, HPROF_EIO, "cannot make a socket: %s", hp_errno_text(errno));
	}
	/* no handler of this process may run in the child before they are reset there */
	sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before); /* valid arguments */
	pid = fork();
	if (pid == 0)
		run_child(job, run, reply[1], request[1], parent, cpu_seconds);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL); /* the same */
	if (pid < 0) {
		hp_fail(err, HPROF_EIO, "cannot start a process: %s",
			errno == EAGAIN ? "too many of them run: raise the limit (ulimit -u)"
					: hp_errno_text(errno));
		close_pair(reply);
		close_pair(request);
		return HPROF_EIO;
	}
	(void)close(reply[1]); /* the child's */
	if (asked)
		(void)close(request[1]); /* the same */
	*p = (struct hp_process){.pid = pid, .reply_fd = reply[0], .request_fd = request[0]};
	return HPROF_OK;
}

enum hp_outcome hp_process_end(struct hp_process *p, int *signal)
{
	const int fds[2] = {p->reply_fd, p->request_fd};
	int state = 0;

	(void)kill(p->pid, SIGKILL); /* does nothing to one that has ended */
	while (waitpid(p->pid, &state, 0) < 0) {
		if (errno != EINTR) {
			state = 0; /* somebody else reaped it */
			break;
		}
	}
	close_pair(fds);
	*p = (struct hp_process){.reply_fd = -1, .request_fd = -1};
	*signal = WIFSIGNALED(state) ? WTERMSIG(state) : 0;
	if (*signal)
		return *signal == SIGXCPU ? HP_OUTCOME_TIMEOUT : HP_OUTCOME_CRASHED;
	if (WIFEXITED(state) && WEXITSTATUS(state) == EXIT_NO_MEMORY)
		return HP_OUTCOME_NO_MEMORY;
	if (WIFEXITED(state) && WEXITSTATUS(state) == EXIT_NO_FILES)
		return HP_OUTCOME_NO_FILES;
	return HP_OUTCOME_ENDED;
}

struct hp_outcome_text hp_outcome_text(enum hp_outcome outcome, int signal)
{
	static const struct {
		const char *kind, *how;
	} texts[] = {
		[HP_OUTCOME_DONE] = {"", ""},
		[HP_OUTCOME_CRASHED] = {"symbolizer crashed", "crashed"},
		[HP_OUTCOME_TIMEOUT] = {"symbolizer timeout", "took too long"},
		[HP_OUTCOME_NO_MEMORY] = {"symbolizer memory", "took too much memory"},
		[HP_OUTCOME_NO_FILES] = {"symbolizer files",
					 "had too few open files (raise the limit: ulimit -n)"},
		[HP_OUTCOME_ENDED] = {"symbolizer ended", "ended early, without a word"},
		[HP_OUTCOME_MALFORMED] = {"symbolizer nonsense", "told nonsense, or too much"},
	};
	struct hp_outcome_text t = {.kind = texts[outcome].kind};

	if (outcome == HP_OUTCOME_CRASHED)
		(void)snprintf(t.how, sizeof(t.how), "crashed (signal %d)", signal); /* fits */
	else
		(void)snprintf(t.how, sizeof(t.how), "%s", texts[outcome].how); /* the same */
	return t;
}
