/*
 * SHA-256: the examples of FIPS 180-4 and of the lengths around a block, in one piece and in many.
 */
#include "base/sha256.h"

#include "check_main.h"

#include <string.h>

static const struct {
    const char *text;
    size_t repeated;
    const char *digest;
} examples[] = {
    {"", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"a", 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
};

START_TEST(published_examples)
{
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        struct sha256 hash;
        unsigned char digest[SHA256_BYTES];
        char text[SHA256_TEXT];
        sha256_start(&hash);
        for (size_t k = 0; k < examples[i].repeated; k++)
            sha256_add(&hash, examples[i].text, strlen(examples[i].text));
        sha256_finish(&hash, digest);
        sha256_print(digest, text);
        ck_assert_str_eq(text, examples[i].digest);
    }
}
END_TEST

/* Of every length up to three blocks, cut at every place. */
START_TEST(pieces)
{
    unsigned char bytes[192];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 37);
    for (size_t length = 0; length <= sizeof bytes; length++) {
        char whole[SHA256_TEXT];
        sha256_text(bytes, length, whole);
        for (size_t cut = 0; cut <= length; cut += 7) {
            struct sha256 hash;
            unsigned char digest[SHA256_BYTES];
            char text[SHA256_TEXT];
            sha256_start(&hash);
            sha256_add(&hash, bytes, cut);
            sha256_add(&hash, bytes + cut, length - cut);
            sha256_finish(&hash, digest);
            sha256_print(digest, text);
            ck_assert_str_eq(text, whole);
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sha256");
    TCase *cases = tcase_create("sha256");
    tcase_add_test(cases, published_examples);
    tcase_add_test(cases, pieces);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
