/* made_up.c - see made_up.h. */
#include "made_up.h"

#include <assert.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <zmq.h>

#include "base/sign.h"
#include "store/store_private.h"

enum { DISKS_MAX = 16, Z85_SIZE = 41 };

static struct {
    const struct world *world;
    struct random random;
    struct {
        char directory[WORLD_PATH_MAX];
        uint64_t free_bytes;
    } disks[DISKS_MAX];
    size_t disk_count;
} nature;

/* The names the linker looks for when it is told --wrap. */
#define WRAPS(name) __asm__("__wrap_" #name)
#define REAL(name)  __asm__("__real_" #name)
void made_up_secret(void *out, size_t size) WRAPS(random_secret);
enum err made_up_signing_pair(uint8_t public_key[SIGN_KEY_SIZE], uint8_t secret_key[SIGN_KEY_SIZE])
    WRAPS(sign_keypair);
enum err made_up_curve_pair(uint8_t *public_key, uint8_t *secret_key) WRAPS(zsock_keypair);
int64_t made_up_wall_ms(void) WRAPS(clock_wall_ms);
uint64_t made_up_disk_free_bytes(const struct store *store) WRAPS(store_disk_free_bytes);
enum err made_up_store_state(struct store *store, struct store_state *out) WRAPS(store_state);
enum err made_up_begin_reserved(struct store *store, struct store_txn **out)
    WRAPS(store_begin_reserved);
enum err real_begin_reserved(struct store *store, struct store_txn **out)
    REAL(store_begin_reserved);
enum err real_store_state(struct store *store, struct store_state *out) REAL(store_state);

void made_up_begin(struct world *world, uint64_t seed)
{
    nature.world = world;
    nature.disk_count = 0;
    random_init(&nature.random, seed);
}

void made_up_end(void)
{
    nature.world = NULL;
}

void made_up_secret(void *out, size_t size)
{
    for (uint8_t *at = out; size > 0; size--)
        *at++ = (uint8_t)random_next(&nature.random);
}

enum err made_up_signing_pair(uint8_t public_key[SIGN_KEY_SIZE], uint8_t secret_key[SIGN_KEY_SIZE])
{
    size_t size = SIGN_KEY_SIZE;
    made_up_secret(secret_key, SIGN_KEY_SIZE);
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, secret_key, SIGN_KEY_SIZE);
    if (!key || EVP_PKEY_get_raw_public_key(key, public_key, &size) != 1)
        abort();
    EVP_PKEY_free(key);
    return OK;
}

enum err made_up_curve_pair(uint8_t *public_key, uint8_t *secret_key)
{
    char secret_text[Z85_SIZE], public_text[Z85_SIZE];
    made_up_secret(secret_key, NETWORK_KEY_SIZE);
    if (!zmq_z85_encode(secret_text, secret_key, NETWORK_KEY_SIZE) ||
        zmq_curve_public(public_text, secret_text) != 0 || !zmq_z85_decode(public_key, public_text))
        abort();
    return OK;
}

int64_t made_up_wall_ms(void)
{
    return WORLD_WALL_MS + (nature.world ? (int64_t)nature.world->now_ms : 0);
}

void world_set_disk(const char *directory, uint64_t free_bytes)
{
    size_t at = 0;
    while (at < nature.disk_count && strcmp(nature.disks[at].directory, directory) != 0)
        at++;
    assert(at < DISKS_MAX);
    if (at == nature.disk_count)
        nature.disk_count++;
    (void)snprintf(nature.disks[at].directory, sizeof nature.disks[at].directory, "%s", directory);
    nature.disks[at].free_bytes = free_bytes;
}

uint64_t made_up_disk_free_bytes(const struct store *store)
{
    for (size_t i = 0; i < nature.disk_count; i++) {
        size_t size = strlen(nature.disks[i].directory);
        if (strncmp(store->directory, nature.disks[i].directory, size) == 0)
            return nature.disks[i].free_bytes;
    }
    return WORLD_NEVER;
}

enum err made_up_store_state(struct store *store, struct store_state *out)
{
    TRY(real_store_state(store, out));
    out->disk_free_bytes = made_up_disk_free_bytes(store);
    return OK;
}

/* Others have used up the disk, the reserve included. */
enum err made_up_begin_reserved(struct store *store, struct store_txn **out)
{
    return made_up_disk_free_bytes(store) == 0 ? ERR_FULL : real_begin_reserved(store, out);
}
