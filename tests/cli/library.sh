#!/bin/sh
# library.sh - the library as others use it: installed, found by pkg-config's file, linked.
cd "$(dirname "$0")/../.." || exit 1
root=$PWD/build/library
failed=0
report() {
	if [ "$2" -eq 0 ]; then
		echo "ok - library: $1"
	else
		echo "not ok - library: $1"
		failed=1
	fi
}

rm -rf "$root"
make -s install DESTDIR="$root" PREFIX=/usr > /dev/null
report "it can be installed" $?

others=$(nm -D --defined-only "$root/usr/lib/libhprof.so" | awk '$3 !~ /^hprof_/ { print $3 }')
[ -z "$others" ]
report "it exports nothing but hprof_*" $?

for f in $(sed -n 's/^HPROF_API.*[ *]\(hprof_[a-z_]*\)(.*/\1/p' analyzer/hprof.h); do
	nm -D --defined-only "$root/usr/lib/libhprof.so" | grep -q " $f\$" || echo "$f"
done > "$root/missing"
[ ! -s "$root/missing" ]
report "it exports what hprof.h declares" $?

cat > "$root/use.c" <<'END'
#include <hprof.h>
#include <stdio.h>

static int put(void *ctx, const void *bytes, size_t len)
{
	return fwrite(bytes, 1, len, ctx) == len ? 0 : 5;
}

int main(int argc, char **argv)
{
	struct hprof_error err = HPROF_ERROR_INIT;
	struct hprof_source source = {NULL, HPROF_ALL_SNAPSHOTS, NULL};
	struct hprof_profile *p;
	struct hprof_view *v;

	if (argc != 2 || hprof_load_file(argv[1], NULL, &p, &err) < 0) {
		puts(err.message);
		return 1;
	}
	source.profile = p;
	if (hprof_view_new(&source, 1, NULL, 0, NULL, &v, &err) < 0 ||
	    hprof_render(v, "collapsed", NULL, put, stdout, &err) < 0)
		return 1;
	hprof_view_free(v);
	hprof_profile_free(p);
	return 0;
}
END
flags=$(sed -n "s|^Cflags: ||p; s|^Libs: ||p" "$root/usr/lib/pkgconfig/hprof.pc" | tr '\n' ' ' |
	sed "s|\${includedir}|$root/usr/include|; s|\${libdir}|$root/usr/lib|")
# shellcheck disable=SC2086
cc -Wall -Wextra -Werror -o "$root/use" "$root/use.c" $flags
report "a program can be linked with it" $?

dump=testdata/jemalloc/ok/m.heap
LD_LIBRARY_PATH=$root/usr/lib "$root/use" $dump > "$root/one"
build/hprof collapsed --no-symbols $dump > "$root/two"
cmp -s "$root/one" "$root/two"
report "and gives what the tool gives" $?
exit $failed
