/*
 * sign.c - see sign.h. A context is set up anew for each message, as later OpenSSL 3 refuses a
 * second one-shot call on a finished context; its memory and the parsed key are reused. One thread
 * at a time may use a signer or verifier.
 */
#include "base/sign.h"

#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

struct signer {
    EVP_PKEY *key;
    EVP_MD_CTX *context;
};

struct verifier {
    EVP_PKEY *key;
    EVP_MD_CTX *context;
};

/* libcrypto queues the reasons of a failure for each thread; nobody reads them, so they must not
 * pile up. */
static enum err failed(enum err err)
{
    ERR_clear_error();
    return err;
}

static void *must(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

enum err sign_keypair(uint8_t public_key[SIGN_KEY_SIZE], uint8_t secret_key[SIGN_KEY_SIZE])
{
    uint8_t secret[SIGN_KEY_SIZE], public[SIGN_KEY_SIZE];
    size_t secret_size = sizeof(secret), public_size = sizeof(public);
    enum err err = ERR_IO;
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    if (key && EVP_PKEY_get_raw_private_key(key, secret, &secret_size) == 1 &&
        EVP_PKEY_get_raw_public_key(key, public, &public_size) == 1) {
        memcpy(secret_key, secret, sizeof(secret));
        memcpy(public_key, public, sizeof(public));
        err = OK;
    }
    OPENSSL_cleanse(secret, sizeof(secret));
    EVP_PKEY_free(key);
    return err == OK ? OK : failed(err);
}

enum err signer_open(const uint8_t secret_key[SIGN_KEY_SIZE], struct signer **out)
{
    EVP_PKEY *key =
        EVP_PKEY_new_raw_private_key_ex(NULL, "ED25519", NULL, secret_key, SIGN_KEY_SIZE);
    if (!key)
        return failed(ERR_MALFORMED);
    struct signer *signer = must(calloc(1, sizeof(*signer)));
    signer->key = key;
    signer->context = must(EVP_MD_CTX_new());
    *out = signer;
    return OK;
}

void signer_close(struct signer *signer)
{
    if (!signer)
        return;
    EVP_MD_CTX_free(signer->context);
    EVP_PKEY_free(signer->key); /* wipes the secret half before it frees it */
    OPENSSL_cleanse(signer, sizeof(*signer));
    free(signer);
}

enum err signer_sign(struct signer *signer, struct bytes message,
                     uint8_t signature[SIGN_SIGNATURE_SIZE])
{
    size_t size = SIGN_SIGNATURE_SIZE;
    if (EVP_DigestSignInit(signer->context, NULL, NULL, NULL, signer->key) != 1 ||
        EVP_DigestSign(signer->context, signature, &size, message.data, message.size) != 1)
        return failed(ERR_IO);
    return OK;
}

enum err verifier_open(const uint8_t public_key[SIGN_KEY_SIZE], struct verifier **out)
{
    EVP_PKEY *key =
        EVP_PKEY_new_raw_public_key_ex(NULL, "ED25519", NULL, public_key, SIGN_KEY_SIZE);
    if (!key)
        return failed(ERR_MALFORMED);
    struct verifier *verifier = must(calloc(1, sizeof(*verifier)));
    verifier->key = key;
    verifier->context = must(EVP_MD_CTX_new());
    *out = verifier;
    return OK;
}

void verifier_close(struct verifier *verifier)
{
    if (!verifier)
        return;
    EVP_MD_CTX_free(verifier->context);
    EVP_PKEY_free(verifier->key);
    free(verifier);
}

bool verifier_accepts(struct verifier *verifier, struct bytes message, struct bytes signature)
{
    EVP_MD_CTX *context = verifier->context;
    if (signature.size == SIGN_SIGNATURE_SIZE &&
        EVP_DigestVerifyInit(context, NULL, NULL, NULL, verifier->key) == 1 &&
        EVP_DigestVerify(context, signature.data, signature.size, message.data, message.size) == 1)
        return true;
    ERR_clear_error();
    return false;
}
