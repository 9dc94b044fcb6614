/* builder_own.h - the part of a builder that readers do not see. */
#ifndef HP_MODEL_BUILDER_OWN_H
#define HP_MODEL_BUILDER_OWN_H

#include "analyzer/model/profile.h"

struct hp_place; /* builder.h */

struct hp_builder_own {
	struct hprof_profile *p; /* owned until hp_builder_finish() */
	struct hp_index modules; /* by path */
	struct hp_index named;   /* locations that the format names */
	struct hp_index threads_by_id;
	hp_modid last_module;
	struct hp_place *place; /* [n_places] that are known without mappings */
	uint32_t n_places, cap_places;
};

#endif
