/* significance.c - which differences are more than sampling explains. */
#include "analyzer/ops/significance.h"

#include <math.h>

bool hp_is_significant(double delta, double variance)
{
	return fabs(delta) > HP_SIGNIFICANT_ERRORS * sqrt(variance);
}
