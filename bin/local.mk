# The programs; each is one file of its own name, and links what it uses of libtesserae.a.
bin_PROGRAMS =
