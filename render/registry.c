/* registry.c - the table of outputs. */
#include "render/render.h"

/* clang-format off */
const struct hp_output *const hp_outputs[] = {
	&hp_output_top,
	&hp_output_top_json,
	&hp_output_jeprof,
	&hp_output_collapsed,
	&hp_output_difffolded,
	&hp_output_json,
	&hp_output_info,
	&hp_output_info_json,
	&hp_output_tree,
	&hp_output_tree_json,
	&hp_output_timeline,
	&hp_output_timeline_json,
	&hp_output_timeline_csv,
	&hp_output_timeline_svg,
	&hp_output_timeline_png,
	&hp_output_flame_svg,
	&hp_output_flame_html,
	&hp_output_report_html,
	&hp_output_report_pdf,
	&hp_output_flame_png,
	&hp_output_flame_pdf,
	&hp_output_flame_outlines,
	&hp_output_flame_text,
	&hp_output_symbolized,
	&hp_output_speedscope,
	&hp_output_callgrind,
	&hp_output_dot,
	&hp_output_dhat,
	&hp_output_csv,
	&hp_output_markdown,
	&hp_output_tables,
	&hp_output_tables_dumps,
	&hp_output_tables_stacks,
	&hp_output_tables_samples,
	&hp_output_tables_symbols,
	&hp_output_pprof,
	NULL,
};
/* clang-format on */

const struct hprof_format_info *hprof_output(size_t i)
{
	for (size_t n = 0; hp_outputs[n]; n++)
		if (n == i)
			return &hp_outputs[n]->info;
	return NULL;
}

int hprof_render(const struct hprof_view *v, const char *name, const struct hprof_render_opts *opts,
		 hprof_write_fn write, void *ctx, struct hprof_error *err)
{
	static const struct hprof_render_opts defaults = {0};
	struct hp_out out;
	int r;

	for (size_t i = 0; hp_outputs[i]; i++) {
		if (strcmp(hp_outputs[i]->info.name, name) != 0)
			continue;
		hp_out_init(&out, write, ctx);
		r = hp_outputs[i]->draw(v, opts ? opts : &defaults, &out, err);
		return r < 0 ? r : hp_out_close(&out, err);
	}
	return hp_fail(err, HPROF_EINVAL, "no output \"%s\"", name);
}
