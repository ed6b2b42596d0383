/* story_forged_push.c - somebody has the transport key and the session, but not the signing key:
 * nothing of it is stored. */
#include "story.h"

void story_forged_push(struct world *world)
{
    story_begin(world, 1);
    struct agent_node *agent = world->agents[0];
    uint8_t public_key[SIGN_KEY_SIZE], secret_key[SIGN_KEY_SIZE];
    struct signer *right = agent->home.identity.signer, *wrong = NULL;
    DEMAND(world,
           sign_keypair(public_key, secret_key) == OK && signer_open(secret_key, &wrong) == OK,
           "no other key");
    agent->home.identity.signer = wrong;
    (void)agent_node_submit(agent, 2, 20);
    story_await(world, "held reason=BAD_SIGNATURE");
    agent->home.identity.signer = right;
    signer_close(wrong);
    story_await(world, "acked seq=2"); /* it looks again after a while: the events were good */
    story_end(world);
}
