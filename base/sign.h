/*
 * sign.h - Ed25519 signatures (RFC 8032) through libsodium. Keys are 32 raw bytes, signatures 64.
 * A signer keeps its expanded key; any thread may use a verifier, one at a time a signer.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

enum { SIGN_KEY_SIZE = 32, SIGN_SIGNATURE_SIZE = 64 };

enum sign_algorithm {
    SIGN_ED25519_SHA256 = 1
}; /* named in every envelope; room for SM2 with SM3 */

struct signer;   /* holds a private key; wiped by signer_close */
struct verifier; /* holds a public key */

/* Makes a key pair; both out buffers hold SIGN_KEY_SIZE bytes. */
MUST_CHECK enum err sign_keypair(uint8_t public_key[SIGN_KEY_SIZE],
                                 uint8_t secret_key[SIGN_KEY_SIZE]);

MUST_CHECK enum err signer_open(const uint8_t secret_key[SIGN_KEY_SIZE], struct signer **out);
void signer_close(struct signer *signer);
MUST_CHECK enum err signer_sign(struct signer *signer, struct bytes message,
                                uint8_t signature[SIGN_SIGNATURE_SIZE]);

MUST_CHECK enum err verifier_open(const uint8_t public_key[SIGN_KEY_SIZE], struct verifier **out);
void verifier_close(struct verifier *verifier);
bool verifier_accepts(struct verifier *verifier, struct bytes message, struct bytes signature);

DEFINE_CLEANUP(struct signer *, signer_close)
DEFINE_CLEANUP(struct verifier *, verifier_close)
