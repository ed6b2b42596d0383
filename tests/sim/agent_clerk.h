/* agent_clerk.h - the people around an agent_node: what they ask of it, through its shipped
 * commands. */
#pragma once

#include "agent_node.h"

int64_t agent_wall_ms(const struct agent_node *node);
void agent_clerk_enrol(struct agent_node *node); /* init, enrol, join: before the first start */
