/* lambda.h - how lambdas are spelled in names of functions. */
#ifndef HP_BASE_LAMBDA_H
#define HP_BASE_LAMBDA_H

#include "analyzer/base/arena.h"
#include "analyzer/base/slice.h"

/*
 * A lambda has no name.  Mangled names number those of a function: "{lambda(int)#2}".  DWARF has
 * no such number; there a lambda is told by its place, "{lambda+3:12}": column 12 of the third
 * line below the one that its function is declared in.  One in the arguments of a template, of
 * which the place is not found, is told by that of the template in DWARF, "{lambda@1b4c}".
 */
struct hp_slice hp_lambda_text(uint32_t line, uint32_t column, uint32_t function_line,
			       struct hp_arena *mem);

/* Whether the compiler makes a function of this name, in DWARF, for each lambda. */
bool hp_lambda_has(struct hp_slice function);

/* Whether a lambda in @name is told by its place, and whether one is by that of a template. */
bool hp_lambda_is_placed(struct hp_slice name);
bool hp_lambda_is_marked(struct hp_slice name);

/* The lambda of its own function @call: "f()::{lambda()#1}" of "f()::{lambda()#1}::operator()". */
struct hp_slice hp_lambda_of_call(struct hp_slice call);

/* Bytes of "+3:12" or "@1b4c", the place of a lambda, at byte @i of @s; else 0. */
size_t hp_lambda_place_at(struct hp_slice s, size_t i);

enum { HP_LAMBDAS = 16 }; /* in one name; in names with more they are not told apart */

/* Lambdas in the arguments of the template @name, spelled by g++: "f<main()::<lambda(int)> >". */
uint32_t hp_lambdas_in(struct hp_slice name);

/*
 * @name with the names @lambda[n] in place of those lambdas, in turn: "f<main::{lambda+3:12}>".
 * Where there are others than @n, which is at most HP_LAMBDAS, they become "main::{lambda(int)}".
 */
struct hp_slice hp_lambdas_put(struct hp_slice name, const struct hp_slice *lambda, uint32_t n,
			       struct hp_arena *mem);

/* @name with the lambdas told by @offset, that of the template in DWARF: "f<main::{lambda@1b4c}>".
 */
struct hp_slice hp_lambdas_mark(struct hp_slice name, uint64_t offset, struct hp_arena *mem);

/* The arguments of the template @name: "int, g<char>" of "f<int, g<char>>"; empty if there are
 * none. */
struct hp_slice hp_template_arguments(struct hp_slice name);

/* Cut the next one with a lambda off @arguments, and all before it; empty if there is none. */
struct hp_slice hp_template_next(struct hp_slice *arguments);

/*
 * Whether @argument is the class @name, which may be in others, but for "const", "&" and "*";
 * without a name: whether it is a lambda.
 */
bool hp_template_argument_is(struct hp_slice argument, struct hp_slice name);

/*
 * @name, of LLVM's demangler or a compiler's message, as other names are: "main::'lambda0'(int)"
 * becomes "main::{lambda(int)#2}", "main()::<lambda(int)>" becomes "main::{lambda(int)}", and
 * "'$_0'" becomes "$_0".
 */
struct hp_slice hp_lambda_usual(struct hp_slice name, struct hp_arena *mem);

#endif
