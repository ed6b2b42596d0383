/*
 * story.h - one fault told from its beginning to its end. A story's transcript is compared whole
 * with transcripts/NAME.txt: `stories NAME`; `stories NAME write` makes that file anew, to be read
 * before it is committed.
 */
#pragma once

#include "agent_node.h"
#include "broker_node.h"
#include "subscriber_node.h"

#define STORIES(STORY)                                                                             \
    STORY(lost_ack)                                                                                \
    STORY(duplicate_push)                                                                          \
    STORY(clone)                                                                                   \
    STORY(fork)                                                                                    \
    STORY(rolled_back_agent)                                                                       \
    STORY(restored_broker)                                                                         \
    STORY(restored_before_a_rejoin)                                                                \
    STORY(quiet_subscriber)                                                                        \
    STORY(late_hello)                                                                              \
    STORY(forged_push)                                                                             \
    STORY(many_refusals)                                                                           \
    STORY(stalled_subscriber)                                                                      \
    STORY(disk_full)                                                                               \
    STORY(revoked_in_flight)                                                                       \
    STORY(two_sessions)                                                                            \
    STORY(refused_event)                                                                           \
    STORY(first_welcome_lost)                                                                      \
    STORY(refusal_and_a_full_disk)                                                                 \
    STORY(killed_before_the_ack)                                                                   \
    STORY(slow_link)                                                                               \
    STORY(out_of_contact)
#define STORY_DECLARATION(name) void story_##name(struct world *world);
STORIES(STORY_DECLARATION)

/* A broker, and agents 341502, 341503 …, all at rest. */
void story_begin(struct world *world, size_t agents);
/* Runs until a new line holds this text. */
void story_await(struct world *world, const char *text);
/* Runs until everybody is at rest, and judges the log (truth.h). */
void story_end(struct world *world);
struct subscriber_node *story_display(struct world *world, const char *name, const char *unit);
