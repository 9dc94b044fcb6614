/* pool.c - child processes, some at a time, each with limits and a pipe to its parent. */
#include "analyzer/symbolize/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "analyzer/symbolize/child.h"
#include "analyzer/symbolize/wire.h"

enum {
	MAX_WORKERS = 8,    /* by default */
	WORKERS_LIMIT = 64, /* in any case */
	CPU_SECONDS = 120,
	CPU_SECONDS_MAX = 1000000,
	READ_AT_ONCE = 1 << 20,
	PIPE_BYTES = 1 << 20,
};
#define MEMORY_LIMIT ((rlim_t)8 << 30)

/* What one child may tell, in bytes: for any job, for each address, and at most. */
#define TOLD_LEAST ((size_t)16 << 20)
#define TOLD_PER_ADDR ((size_t)64 << 10)
#define TOLD_MOST ((size_t)1 << 30)

/* The exit status of libdw as well when it gets no memory. */
enum { EXIT_NO_MEMORY = EXIT_FAILURE };

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

static int64_t now_ms(void)
{
	struct timespec t = {0, 0};

	(void)clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail for this clock */
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int hp_pool_init(struct hp_pool *p, unsigned workers, unsigned cpu_seconds, struct hprof_error *err)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	if (workers == 0)
		workers = processors < 1                   ? 1
			  : processors > (long)MAX_WORKERS ? MAX_WORKERS
							   : (unsigned)processors;
	if (workers > WORKERS_LIMIT)
		workers = WORKERS_LIMIT;
	if (cpu_seconds == 0)
		cpu_seconds = CPU_SECONDS;
	if (cpu_seconds > CPU_SECONDS_MAX)
		cpu_seconds = CPU_SECONDS_MAX;
	*p = (struct hp_pool){.cap = workers, .cpu_seconds = cpu_seconds};
	p->child = calloc(workers, sizeof(*p->child));
	return p->child ? HPROF_OK : hp_fail_nomem(err);
}

/*
 * Never above what the user set.  Where @soft is below @hard it stays so: the signal of the
 * soft limit tells what happened, SIGKILL would not.
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

/* Nothing of the parent's but memory: no files, no handlers, no terminal. */
static void detach(int fd)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int i = 0; i < 3 && null >= 0; i++)
		if (i != fd)
			(void)dup2(null, i); /* as good as it gets */
#ifdef SYS_close_range
	if (fd > 3)
		(void)syscall(SYS_close_range, 3u, (unsigned)fd - 1, 0u);
	(void)syscall(SYS_close_range, (unsigned)(fd < 3 ? 3 : fd + 1), ~0u, 0u);
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

static _Noreturn void run_child(const struct hp_job *job, int fd, pid_t parent,
				unsigned cpu_seconds)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* checked by the next line */
	if (getppid() != parent)
		_exit(1);
	reset_signals();
	detach(fd);
	set_limits(cpu_seconds);
	_exit(hp_child_run(job, fd) ? EXIT_SUCCESS : EXIT_NO_MEMORY);
}

static size_t told_most(const struct hp_job *job)
{
	if (job->n_addrs >= (TOLD_MOST - TOLD_LEAST) / TOLD_PER_ADDR)
		return TOLD_MOST;
	return TOLD_LEAST + job->n_addrs * TOLD_PER_ADDR;
}

int hp_pool_start(struct hp_pool *p, const struct hp_job *job, uint32_t task,
		  struct hprof_error *err)
{
	struct hp_pool_child *c = &p->child[p->n];
	pid_t parent = getpid();
	sigset_t all;
	sigset_t before;
	int pipes[2];
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC) != 0)
		return hp_fail(err, HPROF_EIO, "cannot make a pipe: %s", strerror(errno));
	(void)fcntl(pipes[1], F_SETPIPE_SZ, PIPE_BYTES); /* else there is more waiting */
	/* no handler of this process may run in the child before they are reset there */
	sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before); /* valid arguments */
	pid = fork();
	if (pid == 0)
		run_child(job, pipes[1], parent, p->cpu_seconds);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL); /* the same */
	close(pipes[1]);
	if (pid < 0) {
		close(pipes[0]);
		return hp_fail(err, HPROF_EIO, "cannot start a process: %s", strerror(errno));
	}
	*c = (struct hp_pool_child){
		.pid = pid,
		.fd = pipes[0],
		.task = task,
		.told_most = told_most(job),
		/* waiting for a disk or a busy machine takes time, but not for ever */
		.deadline_ms = now_ms() + ((int64_t)p->cpu_seconds * 3 + 10) * 1000,
	};
	p->n++;
	return HPROF_OK;
}

/* The state in which @pid ended; it is killed if it has not ended yet. */
static int reap(pid_t pid)
{
	int state = 0;

	(void)kill(pid, SIGKILL); /* does nothing to one that has ended */
	while (waitpid(pid, &state, 0) < 0)
		if (errno != EINTR)
			return 0; /* somebody else reaped it */
	return state;
}

/* Read what is there. False: the child will tell nothing more. */
static bool read_some(struct hp_pool_child *c)
{
	struct hp_told *t = &c->told;
	ssize_t r;

	if (t->cap - t->n < READ_AT_ONCE) {
		size_t cap = t->cap + t->cap / 2 + READ_AT_ONCE;
		uint8_t *grown;

		if (cap > c->told_most + READ_AT_ONCE)
			cap = c->told_most + READ_AT_ONCE;
		c->nonsense = t->n >= c->told_most;
		grown = c->nonsense ? NULL : realloc(t->bytes, cap);
		if (!grown) {
			c->no_memory = !c->nonsense;
			return false;
		}
		t->bytes = grown;
		t->cap = cap;
	}
	r = read(c->fd, t->bytes + t->n, t->cap - t->n);
	if (r < 0)
		return errno == EINTR || errno == EAGAIN;
	t->n += (size_t)r;
	c->nonsense = !hp_wire_sound(t->bytes, t->n, &c->sound);
	return r > 0 && !c->nonsense;
}

static void conclude(struct hp_pool_child *c)
{
	struct hp_told *t = &c->told;
	int state = reap(c->pid);

	close(c->fd);
	t->signal = WIFSIGNALED(state) ? WTERMSIG(state) : 0;
	if (hp_wire_complete(t->bytes, t->n))
		t->outcome = HP_OUTCOME_DONE;
	else if (c->nonsense)
		t->outcome = HP_OUTCOME_NONSENSE;
	else if (c->no_memory)
		t->outcome = HP_OUTCOME_NO_MEMORY;
	else if (c->late || t->signal == SIGXCPU)
		t->outcome = HP_OUTCOME_TIMEOUT;
	else if (t->signal)
		t->outcome = HP_OUTCOME_CRASHED;
	else if (WIFEXITED(state) && WEXITSTATUS(state) == EXIT_NO_MEMORY)
		t->outcome = HP_OUTCOME_NO_MEMORY;
	else
		t->outcome = HP_OUTCOME_ENDED;
}

/* Hand child @i, which has ended, to the caller of hp_pool_wait(). */
static void hand_over(struct hp_pool *p, uint32_t i, uint32_t *task, struct hp_told *told)
{
	conclude(&p->child[i]);
	*task = p->child[i].task;
	*told = p->child[i].told;
	p->child[i] = p->child[--p->n];
}

static int poll_all(const struct hp_pool *p, struct pollfd *fds)
{
	int64_t wait_ms = INT32_MAX;
	int64_t now = now_ms();

	for (uint32_t i = 0; i < p->n; i++) {
		int64_t left = p->child[i].deadline_ms - now;

		fds[i] = (struct pollfd){p->child[i].fd, POLLIN, 0};
		if (left < wait_ms)
			wait_ms = left;
	}
	return poll(fds, p->n, wait_ms < 0 ? 0 : (int)wait_ms);
}

int hp_pool_wait(struct hp_pool *p, uint32_t *task, struct hp_told *told, struct hprof_error *err)
{
	struct pollfd fds[WORKERS_LIMIT];

	for (;;) {
		int r = poll_all(p, fds);

		if (r < 0 && errno != EINTR)
			return hp_fail(err, HPROF_EIO, "cannot wait for a process: %s",
				       strerror(errno));
		for (uint32_t i = 0; i < p->n; i++) {
			struct hp_pool_child *c = &p->child[i];

			c->late = now_ms() >= c->deadline_ms;
			if (!c->late && (r <= 0 || !fds[i].revents || read_some(c)))
				continue;
			hand_over(p, i, task, told);
			return HPROF_OK;
		}
	}
}

void hp_pool_release(struct hp_pool *p)
{
	for (uint32_t i = 0; i < p->n; i++) {
		(void)reap(p->child[i].pid); /* its state is of no interest any more */
		close(p->child[i].fd);
		free(p->child[i].told.bytes);
	}
	free(p->child);
	*p = (struct hp_pool){0};
}
