# layers.awk - who may include whom: prints every #include that goes against the layers.
# Usage: awk -f layers.awk FILE...
function layer(path) {
	if (path == "analyzer/hprof.h") return "hprof"
	if (path ~ /^analyzer\/(base|model|symbolize|ops|cli)\//) {
		split(path, part, "/")
		return part[2]
	}
	if (path ~ /^formats\//) return "formats"
	if (path ~ /^render\//) return "render"
	return "?"
}
BEGIN {
	may["hprof"] = " "
	may["base"] = " hprof base "
	may["model"] = " hprof base model "
	may["symbolize"] = " hprof base model symbolize "
	may["ops"] = " hprof base model ops "
	may["formats"] = " hprof base model formats "
	may["render"] = " hprof base model ops render "
	may["cli"] = " hprof base cli "
}
/^#include "/ {
	split($0, quoted, "\"")
	from = layer(FILENAME)
	to = layer(quoted[2])
	if (index(may[from], " " to " ") == 0) {
		printf "%s:%d: %s may not include %s\n", FILENAME, FNR, from, quoted[2]
		bad = 1
	}
}
END { exit bad }
