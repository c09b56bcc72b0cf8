/* The zip format's constants (PKWARE's APPNOTE.TXT), as far as NPZ needs them. */
#ifndef TESSERAE_IO_ZIP_H
#define TESSERAE_IO_ZIP_H

/* What the records begin with. */
#define ZIP_LOCAL 0x04034b50u
#define ZIP_ENTRY 0x02014b50u
#define ZIP_END 0x06054b50u
#define ZIP64_END 0x06064b50u
#define ZIP64_LOCATOR 0x07064b50u

enum {
    ZIP_LOCAL_BYTES = 30, /* the records' lengths, without names and the like */
    ZIP_ENTRY_BYTES = 46,
    ZIP_END_BYTES = 22,
    ZIP64_END_BYTES = 56,
    ZIP64_LOCATOR_BYTES = 20,
    ZIP64_EXTRA = 1,      /* the extra field that holds 64-bit sizes */
    ZIP_STORED = 0,       /* methods */
    ZIP_DEFLATED = 8,
    ZIP_ENCRYPTED = 1,    /* a flag */
    ZIP_UTF8_NAMES = 1 << 11,
    ZIP_VERSION = 20,
    ZIP_MOST_RATIO = 1032 /* deflate never packs tighter */
};

#endif
