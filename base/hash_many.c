/*
 * hash_many.c - SHA-256 of many messages at once, through Intel's IPsec multi-buffer library where
 * it is there and the processor has wide lanes, else one by one. A manager of the library serves
 * one thread, takes 200 KB and a millisecond to set up: a thread makes its own when it first has a
 * group to hash, and it goes when the thread ends.
 */
#include "base/hash.h"

#ifdef HUOSHUI_HASH_LANES

#include <pthread.h>
#include <stdlib.h>

#define NO_COMPAT_IMB_API_053 /* its old names collide with libcrypto's */
#include <intel-ipsec-mb.h>

enum {
    LANES_WORTH = 4,              /* fewer messages are faster one by one */
    MESSAGE_SIZE_MAX = 256 << 10, /* the library counts blocks in 16 bits */
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static bool has_lanes; /* narrower ones than AVX2 gain nothing over libcrypto */

static void drop_manager(void *manager)
{
    free_mb_mgr(manager);
}

static IMB_MGR *make_manager(void)
{
    IMB_MGR *manager = alloc_mb_mgr(0);
    if (!manager)
        abort();
    init_mb_mgr_auto(manager, NULL); /* tests itself against known answers */
    return manager;
}

static void prepare(void)
{
    IMB_MGR *manager = make_manager();
    has_lanes = imb_get_errno(manager) == 0 && (manager->features & IMB_FEATURE_AVX2) != 0;
    free_mb_mgr(manager);
    if (pthread_key_create(&key, drop_manager) != 0)
        abort();
}

/* NULL: this processor is as fast without. */
static IMB_MGR *manager_of_thread(void)
{
    (void)pthread_once(&once, prepare);
    if (!has_lanes)
        return NULL;
    IMB_MGR *manager = pthread_getspecific(key);
    if (manager)
        return manager;
    manager = make_manager();
    if (pthread_setspecific(key, manager) != 0)
        abort();
    return manager;
}

static void submit(IMB_MGR *manager, struct bytes message, struct hash *out)
{
    IMB_JOB *job = IMB_GET_NEXT_JOB(manager);
    job->cipher_mode = IMB_CIPHER_NULL;
    job->cipher_direction = IMB_DIR_ENCRYPT;
    job->chain_order = IMB_ORDER_HASH_CIPHER;
    job->hash_alg = IMB_AUTH_SHA_256;
    job->src = message.data;
    job->hash_start_src_offset_in_bytes = 0;
    job->msg_len_to_hash_in_bytes = message.size;
    job->auth_tag_output = out->bytes;
    job->auth_tag_output_len_in_bytes = HASH_SIZE;
    (void)IMB_SUBMIT_JOB_NOCHECK(manager);
}

static void hash_in_lanes(IMB_MGR *manager, const struct bytes *messages, size_t count,
                          struct hash *out)
{
    for (size_t i = 0; i < count; i++) {
        if (messages[i].size > 0 && messages[i].size <= MESSAGE_SIZE_MAX)
            submit(manager, messages[i], &out[i]);
        else
            out[i] = hash_of(messages[i]);
    }
    while (IMB_FLUSH_JOB(manager)) {
    }
}

void hash_many(const struct bytes *messages, size_t count, struct hash *out)
{
    IMB_MGR *manager = count >= LANES_WORTH ? manager_of_thread() : NULL;
    if (manager) {
        hash_in_lanes(manager, messages, count, out);
        return;
    }
    for (size_t i = 0; i < count; i++)
        out[i] = hash_of(messages[i]);
}

#else

void hash_many(const struct bytes *messages, size_t count, struct hash *out)
{
    for (size_t i = 0; i < count; i++)
        out[i] = hash_of(messages[i]);
}

#endif
