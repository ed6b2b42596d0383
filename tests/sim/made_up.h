/*
 * made_up.h - what the operating system would give, made up from the seed: keys, secrets, the wall
 * clock and the free space of a disk. The linker puts these in the place of the shipped ones
 * (--wrap), so that a seed gives the same bytes twice, hashes and signatures included.
 */
#pragma once

#include "world.h"

void made_up_begin(struct world *world, uint64_t seed);
void made_up_end(void);
