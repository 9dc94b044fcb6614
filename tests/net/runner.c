/*
 * runner.c - run command lines of hprof, each in a child of its own, and report what they wrote.
 *
 * A request on standard input is the number of arguments and a newline, then the arguments, each
 * ended by a NUL.  The reply on standard output is the line "EXIT SIGNAL OUT ERR OUTPUTS": exit
 * status, signal that ended the child or 0, lengths of what it wrote to standard output and to
 * standard error, and the outputs it drew with "," between them, or "-"; then the bytes of both.
 * Starting a child without loading the program anew is ten times faster than running the tool.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "analyzer/hprof.h"

enum { MAX_ARGS = 256, MAX_BYTES = 1 << 20, DRAWN_BYTES = 4096, LIMIT_S = 120 };

int hp_cli_main(int argc, char **argv); /* main() of the tool, renamed when it was compiled */
int __real_hprof_render(const struct hprof_view *v, const char *name,
			const struct hprof_render_opts *opts, hprof_write_fn write, void *ctx,
			struct hprof_error *err);
int __wrap_hprof_render(const struct hprof_view *v, const char *name,
			const struct hprof_render_opts *opts, hprof_write_fn write, void *ctx,
			struct hprof_error *err);

static char *drawn; /* shared with the children: the outputs of this run */

int __wrap_hprof_render(const struct hprof_view *v, const char *name,
			const struct hprof_render_opts *opts, hprof_write_fn write, void *ctx,
			struct hprof_error *err)
{
	int r = __real_hprof_render(v, name, opts, write, ctx, err);

	if (r == HPROF_OK && strlen(drawn) + strlen(name) + 2 < DRAWN_BYTES) {
		strcat(drawn, *drawn ? "," : "");
		strcat(drawn, name);
	}
	return r;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* Read one request into @argv, whose texts are in @text.  False at the end of the input. */
static int read_request(char **argv, char *text)
{
	int n, argc = 0;
	size_t at = 0;

	if (scanf("%d", &n) != 1)
		return -1;
	if (n < 1 || n >= MAX_ARGS || getchar() != '\n')
		exit(2);
	while (argc < n) {
		int c = getchar();

		if (at == MAX_BYTES || c == EOF)
			exit(2);
		if (at == 0 || text[at - 1] == '\0')
			argv[argc] = &text[at];
		text[at++] = (char)c;
		argc += c == '\0';
	}
	argv[argc] = NULL;
	return argc;
}

static void run(int argc, char **argv, int out, int err)
{
	signal(SIGALRM, SIG_DFL);
	alarm(LIMIT_S);
	if (!freopen("/dev/null", "r", stdin) || dup2(out, 1) < 0 || dup2(err, 2) < 0)
		_exit(125);
	exit(hp_cli_main(argc, argv));
}

/* Copy all of @fd to standard output and make it empty. */
static void send_all(int fd)
{
	char bytes[65536];
	ssize_t n;

	if (lseek(fd, 0, SEEK_SET) < 0)
		die("lseek");
	while ((n = read(fd, bytes, sizeof(bytes))) > 0)
		fwrite(bytes, 1, (size_t)n, stdout);
	if (ftruncate(fd, 0) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		die("ftruncate");
}

int main(void)
{
	static char *argv[MAX_ARGS + 1], text[MAX_BYTES];
	int out = memfd_create("out", MFD_CLOEXEC), err = memfd_create("err", MFD_CLOEXEC), argc;

	drawn = mmap(NULL, DRAWN_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (out < 0 || err < 0 || drawn == MAP_FAILED)
		die("runner");
	while ((argc = read_request(argv, text)) > 0) {
		int status;
		pid_t child;

		*drawn = '\0';
		fflush(stdout);
		child = fork();
		if (child < 0)
			die("fork");
		if (child == 0)
			run(argc, argv, out, err);
		if (waitpid(child, &status, 0) != child)
			die("waitpid");
		printf("%d %d %ld %ld %s\n", WIFEXITED(status) ? WEXITSTATUS(status) : -1,
		       WIFSIGNALED(status) ? WTERMSIG(status) : 0, (long)lseek(out, 0, SEEK_END),
		       (long)lseek(err, 0, SEEK_END), *drawn ? drawn : "-");
		send_all(out);
		send_all(err);
		fflush(stdout);
	}
	return 0;
}
