/* render.h - what an output is, and the table of all. */
#ifndef HP_RENDER_RENDER_H
#define HP_RENDER_RENDER_H

#include "analyzer/base/out.h"
#include "analyzer/ops/view.h"

struct hp_output {
	struct hprof_format_info info; /* name, one line of summary */
	/*
	 * Write @v to @out, which reports failures when it is closed.
	 * Errors: ENOMEM.
	 */
	int (*draw)(const struct hprof_view *v, const struct hprof_render_opts *o,
		    struct hp_out *out, struct hprof_error *err);
};

/* All outputs, NULL at the end. */
extern const struct hp_output *const hp_outputs[];

extern const struct hp_output hp_output_top;
extern const struct hp_output hp_output_top_json;
extern const struct hp_output hp_output_jeprof;
extern const struct hp_output hp_output_collapsed;
extern const struct hp_output hp_output_difffolded;
extern const struct hp_output hp_output_json;
extern const struct hp_output hp_output_info;
extern const struct hp_output hp_output_info_json;
extern const struct hp_output hp_output_tree;
extern const struct hp_output hp_output_tree_json;
extern const struct hp_output hp_output_timeline;
extern const struct hp_output hp_output_symbolized;
extern const struct hp_output hp_output_pprof;
extern const struct hp_output hp_output_timeline_json;
extern const struct hp_output hp_output_timeline_csv;
extern const struct hp_output hp_output_timeline_svg;
extern const struct hp_output hp_output_timeline_png;
extern const struct hp_output hp_output_flame_svg;
extern const struct hp_output hp_output_flame_html;
extern const struct hp_output hp_output_report_html;
extern const struct hp_output hp_output_report_pdf;
extern const struct hp_output hp_output_flame_png;
extern const struct hp_output hp_output_flame_pdf;
extern const struct hp_output hp_output_flame_outlines;
extern const struct hp_output hp_output_flame_text;

extern const struct hp_output hp_output_speedscope;
extern const struct hp_output hp_output_callgrind;
extern const struct hp_output hp_output_dot;
extern const struct hp_output hp_output_dhat;
extern const struct hp_output hp_output_csv;
extern const struct hp_output hp_output_markdown;
extern const struct hp_output hp_output_tables;
extern const struct hp_output hp_output_tables_dumps;
extern const struct hp_output hp_output_tables_stacks;
extern const struct hp_output hp_output_tables_samples;
extern const struct hp_output hp_output_tables_symbols;

#endif
