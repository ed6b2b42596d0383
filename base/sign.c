/*
 * sign.c - see sign.h. libsodium, which comes with CURVE anyway, signs and verifies in half the
 * time of OpenSSL 3.0 and turns away keys of small order and second forms of a signature, so that
 * what one verifier accepts all accept. It keeps a secret key as the seed of RFC 8032 with the
 * public key behind it; callers and files know the seed only.
 */
#include "base/sign.h"

#include <assert.h>
#include <stdlib.h>

#include <sodium.h>

struct signer {
    uint8_t secret_key[crypto_sign_SECRETKEYBYTES];
};

struct verifier {
    uint8_t public_key[SIGN_KEY_SIZE];
};

static_assert(SIGN_KEY_SIZE == crypto_sign_SEEDBYTES, "a secret key is a seed");
static_assert(SIGN_KEY_SIZE == crypto_sign_PUBLICKEYBYTES, "a public key is raw");
static_assert(SIGN_SIGNATURE_SIZE == crypto_sign_BYTES, "a signature stands apart");

static void *must(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

enum err sign_keypair(uint8_t public_key[SIGN_KEY_SIZE], uint8_t secret_key[SIGN_KEY_SIZE])
{
    uint8_t whole[crypto_sign_SECRETKEYBYTES];
    if (sodium_init() < 0)
        return ERR_IO; /* no source of random numbers */
    (void)crypto_sign_keypair(public_key, whole);
    (void)crypto_sign_ed25519_sk_to_seed(secret_key, whole);
    sodium_memzero(whole, sizeof(whole));
    return OK;
}

enum err signer_open(const uint8_t secret_key[SIGN_KEY_SIZE], struct signer **out)
{
    uint8_t public_key[SIGN_KEY_SIZE];
    if (sodium_init() < 0)
        return ERR_IO;
    struct signer *signer = must(calloc(1, sizeof(*signer)));
    (void)crypto_sign_seed_keypair(public_key, signer->secret_key, secret_key);
    *out = signer;
    return OK;
}

void signer_close(struct signer *signer)
{
    if (!signer)
        return;
    sodium_memzero(signer, sizeof(*signer));
    free(signer);
}

enum err signer_sign(struct signer *signer, struct bytes message,
                     uint8_t signature[SIGN_SIGNATURE_SIZE])
{
    return crypto_sign_detached(signature, NULL, message.data, message.size, signer->secret_key) ==
                   0
               ? OK
               : ERR_IO;
}

enum err verifier_open(const uint8_t public_key[SIGN_KEY_SIZE], struct verifier **out)
{
    if (sodium_init() < 0) /* chooses the code for this processor */
        return ERR_IO;
    struct verifier *verifier = must(calloc(1, sizeof(*verifier)));
    memcpy(verifier->public_key, public_key, SIGN_KEY_SIZE);
    *out = verifier;
    return OK;
}

void verifier_close(struct verifier *verifier)
{
    free(verifier);
}

bool verifier_accepts(struct verifier *verifier, struct bytes message, struct bytes signature)
{
    return signature.size == SIGN_SIGNATURE_SIZE &&
           crypto_sign_verify_detached(signature.data, message.data, message.size,
                                       verifier->public_key) == 0;
}
