#!/bin/sh
# packages.sh - make without the headers of other libraries names the packages and the command, and
# installs nothing; make demo and make check install first.
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

result() {
	if [ "$1" -eq 0 ]; then
		echo "ok - packages: $2"
	else
		echo "not ok - packages: $2"
		sed 's/^/    /' "$work/said"
		failed=1
	fi
}

# A host on which no package is installed: dpkg-query knows none, and apt-get fails, but remembers its call.
mkdir "$work/bin"
printf '#!/bin/sh\nexit 1\n' >"$work/bin/dpkg-query"
printf '#!/bin/sh\necho "$*" >>"%s/apt-get"\nexit 100\n' "$work" >"$work/bin/apt-get"
chmod +x "$work/bin/dpkg-query" "$work/bin/apt-get"
PATH=$work/bin:$PATH
export PATH
unset HPROF_DEPS

# run ARGUMENT...: make into a folder of its own, by a compiler that finds no header
run() {
	rm -f "$work/apt-get"
	make -s O="$work/out" CC='cc -nostdinc' "$@" >"$work/said" 2>&1
	status=$?
}

for target in all install; do
	run DESTDIR="$work/root" $target
	[ $status -ne 0 ] && grep -q 'apt-get install .*libpcre2-dev' "$work/said" && grep -q 'missing packages: gcc ' "$work/said"
	result $? "make $target names packages and the command"
	[ ! -e "$work/apt-get" ]
	result $? "make $target installs nothing"
	[ "$(grep -c 'error:' "$work/said")" -le 1 ]
	result $? "make $target shows one error of the compiler, not those of all files"
done

run demo
[ $status -ne 0 ] && { [ "$(id -u)" -ne 0 ] || grep -q ' install .*libpcre2-dev' "$work/apt-get"; }
result $? "make demo installs"
grep -q 'deps: ' "$work/said"
result $? "make demo says so"

printf '#!/bin/sh\nshift 2\nfor p; do printf "installed=%%s " "$p"; done\n' >"$work/bin/dpkg-query"
make -s O="$work/out" "$work/out/headers" >"$work/said" 2>&1 && [ ! -s "$work/said" ]
result $? "nothing is said where all headers are found"
exit $failed
