#!/bin/sh
# wrapped.sh LIBRARY - all functions of libc that allocate, and that the library calls, fail in oom.c.
cd "$(dirname "$0")/../.." || exit 1
allocate='aligned_alloc asprintf calloc canonicalize_file_name fdopen fdopendir fmemopen fopen fopencookie
	get_current_dir_name getdelim getline getcwd glob malloc memalign open_memstream opendir open_wmemstream
	popen posix_memalign realloc reallocarray realpath scandir scandirat strdup strndup tempnam tmpfile
	vasprintf wcsdup'
wrapped=" $(sed -n 's/^WRAPPED := //p' Makefile) "
failed=0
calls=$(nm -u "${1:-build/asan/libhprof.a}" | sed -n 's/^ *U \([a-z_]*\).*/\1/p' | sort -u)
[ -n "$calls" ] || { echo "not ok - oom: the library calls nothing" && exit 1; }
for name in $allocate; do
	printf '%s\n' "$calls" | grep -qx "$name" || continue
	case $wrapped in
	*" $name "*) echo "ok - oom: $name can fail" ;;
	*)
		echo "not ok - oom: $name never fails: add it to WRAPPED in the Makefile and to oom.c"
		failed=1
		;;
	esac
done
exit $failed
