/*
 * view.h - the result of one analysis: a tree of frames with values, over one profile or the
 * difference of several.
 *
 * Everything that is printed comes from here: all outputs of one profile agree to the byte.
 */
#ifndef HP_OPS_VIEW_H
#define HP_OPS_VIEW_H

#include "analyzer/model/snapshots.h"
#include "analyzer/ops/amount.h"
#include "analyzer/ops/tree.h"

/* A module of the profiles; one build that several of them use is one row. */
struct hp_vmodule {
	hp_strid path;
	hp_strid build_id;
	hp_strid scope;  /* what distinguishes functions of one name in several builds */
	hp_strid label;  /* last part of the path, or more where that would not be unique */
	uint32_t group;  /* the first row of what is shown together: other builds of the same path,
			    in a difference also those that were deployed in another folder */
	bool special;    /* memory without a file: places in it mean nothing */
	bool has_others; /* another row is another build of the same path */
	bool by_name;    /* not the same build everywhere: its frames are matched by name */
};

/*
 * A function, one row per full name, linkage name and scope; or a synthetic name in brackets.
 * Functions of one name and scope (instances of a template in several crates, a constructor's
 * variants) are one group: they are counted together, unless linkage names are shown.
 */
struct hp_vfunc {
	hp_strid full, name, linkage;
	hp_strid brief;  /* the name as it is in the profile, where @name is what builds share */
	hp_strid key;    /* what it is counted by, besides its scope: a name, in full */
	hp_strid scope;  /* of those that share their name with others; "" for most */
	hp_strid file;   /* with a scope: source file, or "" */
	uint32_t module; /* with a scope: row of modules, or HP_NONE */
	hp_strid label;  /* what is printed: unlike that of any other group */
	hp_strid bare;   /* the label without file or module, for where these have fields */
	bool in_module;  /* the label says the module, which distinguishes it */
	uint32_t group;  /* the first row of the same name */
};

struct hp_vframe {
	uint64_t addr;         /* of the call within the module, as recorded outside all */
	uint32_t func;         /* row of funcs, HP_NONE when it has no name */
	uint32_t module;       /* row of modules, HP_NONE outside all */
	hp_strid file;         /* "" when unknown */
	uint32_t line;         /* 0 when unknown */
	uint32_t profile, loc; /* where it was met first: a location of that profile of the view;
				  HP_NONE for synthetic ones */
	bool has_addr;         /* false for synthetic frames */
	bool inlined;          /* into the frame that calls it */
	bool no_maps;          /* outside all because the profile has no map section */
	bool by_name;          /* places say nothing across the profiles: matched by its name */
};

/* What a frame is called: its function, "module+0xoffset", or memory without a file. */
struct hp_label {
	struct hp_slice text; /* in @buf, or borrowed from the view */
	char buf[512];
};

/* One sample type over the nodes of the tree; of the stacks that end there. */
struct hp_vtype {
	hp_strid name;
	enum hp_unit unit;
	double *now;      /* [tree.n] */
	double *base;     /* [tree.n], NULL without a base */
	double *variance; /* [tree.n], of the difference; 0 without has_error */
	double *value;    /* [tree.n] now - base, or 0 where negatives are dropped; may be @now */
	struct hp_amount total; /* sum of each column */
	double unfiltered;      /* total before focus, ignore and the choice of threads */
	double unfocused;       /* total before focus and ignore */
	enum hp_errors
		errors; /* unknown if they are in one profile, else known if one profile has any */
	bool has_error; /* they are known.  Without it, no output shows a standard error, nor which
			   changes are significant */
};

/* The values of the stacks that end at @node. */
static inline struct hp_amount hp_vtype_amount(const struct hp_vtype *type, uint32_t node)
{
	return (struct hp_amount){
		.delta = type->value[node],
		.variance = type->variance[node],
		.current = type->now[node],
		.base = type->base ? type->base[node] : 0,
	};
}

/* Of one profile. */
struct hp_vcounts {
	uint64_t cut_stacks; /* with allocator frames cut: of all, whichever thread is shown */
	uint64_t cut_frames; /* physical frames cut */
};

/* What is shown of one profile. */
struct hp_view_source {
	uint32_t snapshot; /* a row of its snapshots; HP_NONE: all, or there are none */
	char *note;        /* a warning about this choice, or NULL */
};

struct hprof_view {
	char **note; /* [n_notes] what the user should know of this view, a line each */
	size_t n_notes;
	const struct hprof_profile **profiles; /* [n_profiles + n_bases], the bases last */
	size_t n_profiles, n_bases;
	struct hp_view_source *sources; /* [n_profiles + n_bases] */
	struct hprof_view_opts opts;    /* strings are borrowed and not used after creation */
	bool thread_by_id;              /* opts.thread is an id, not an expression over names */
	bool filtered;                  /* focus, ignore or thread left something out */
	struct hp_strtab str;           /* above that of the first profile */
	struct hp_vmodule *modules;
	uint32_t n_modules, modules_cap;
	struct hp_vfunc *funcs;
	uint32_t n_funcs, funcs_cap;
	struct hp_index func_index, group_index;
	struct hp_name_clashes *clashes; /* of disambiguate.h */
	struct hp_bares *bares;          /* of bare.h; NULL: no name stands for another */
	struct hp_stems *stems;          /* of stem.h; NULL: there are none */
	bool several_builds;             /* some module is not the same build everywhere */
	struct hp_vframe *frames;
	uint32_t n_frames, frames_cap;
	struct hp_index frame_index;
	struct hp_tree tree;
	struct hp_vtype *types; /* [n_types]; the chosen one first, unless all were asked for */
	uint32_t n_types;
	uint32_t chosen;           /* index into types */
	uint32_t *node_thread;     /* [tree.n] thread of the first profile that owns all of a node's
				      values: 1 + row, 0 when none or several do; NULL: not known */
	uint32_t **sample_node;    /* [n_profiles] with opts.moments or .shares: the node of each
				      sample, HP_NONE when it is left out; else NULL */
	struct hp_vcounts *counts; /* [n_profiles + n_bases] */
	uint64_t seed;
};

static inline struct hp_slice hp_view_str(const struct hprof_view *v, hp_strid id)
{
	return hp_strtab_get(&v->str, id);
}

/* The samples of profile @i of @v, all threads together. */
static inline const struct hp_samples *hp_view_all(const struct hprof_view *v, size_t i)
{
	return hp_snapshot_samples(v->profiles[i], v->sources[i].snapshot);
}

/*
 * Warnings of profile @i of @v: of its file, of its names, and of how its snapshot was chosen.
 * *@count (NULL is allowed) is how often the warning occurred.
 */
size_t hp_view_warnings(const struct hprof_view *v, size_t i);
const char *hp_view_warning(const struct hprof_view *v, size_t i, size_t k, uint64_t *count);

/* The samples that @v is made of, by thread where it is of some threads. */
static inline const struct hp_samples *hp_view_samples(const struct hprof_view *v, size_t i)
{
	return v->opts.thread ? &v->profiles[i]->by_thread : hp_view_all(v, i);
}

/* Whether rows are files or modules: calls that follow each other within one are a single call. */
static inline bool hp_view_merges_calls(const struct hprof_view *v)
{
	return v->opts.granularity == HPROF_BY_FILE || v->opts.granularity == HPROF_BY_MODULE;
}

/* Whether a value of any type ends at @node. */
bool hp_view_has_value(const struct hprof_view *v, uint32_t node);

/* The type that counts the objects of type @t: "x_objects" of "x_space"; HP_NONE if none does. */
uint32_t hp_view_objects_of(const struct hprof_view *v, uint32_t t);

/*
 * Note that expression @text of --@option matches no @what ("frame"), most likely a slip.
 * Errors: ENOMEM.
 */
HP_MUST_CHECK int hp_view_note_unmet(struct hprof_view *v, const char *option, const char *text,
				     const char *what, struct hprof_error *err);

/* The label of a module, "[unknown]" for none. */
struct hp_slice hp_view_module_name(const struct hprof_view *v, uint32_t module);

/* The first row of the modules that are shown together with @module; HP_NONE for none. */
static inline uint32_t hp_view_module_group(const struct hprof_view *v, uint32_t module)
{
	return module == HP_NONE ? HP_NONE : v->modules[module].group;
}

/* Whether @f has no name but that of a mapping without a file. */
bool hp_view_is_special(const struct hprof_view *v, const struct hp_vframe *f);

/* Whether what @f is called leaves out at which address it is. */
bool hp_view_hides_addr(const struct hprof_view *v, const struct hp_vframe *f);

/* Fill @out with what @f is called; returns its text. */
struct hp_slice hp_view_label(const struct hprof_view *v, const struct hp_vframe *f,
			      struct hp_label *out);

#endif
