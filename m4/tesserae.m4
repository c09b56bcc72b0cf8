# AX_TESSERAE_FLAG(FLAG): adds FLAG to WARNING_CFLAGS when the compiler takes it.
AC_DEFUN([AX_TESSERAE_FLAG], [
    AS_VAR_PUSHDEF([known], [tesserae_cv_flag_$1])dnl
    AC_CACHE_CHECK([whether $CC takes $1], known,
        [tesserae_saved_CFLAGS=$CFLAGS
         CFLAGS="$CFLAGS -Werror $1"
         AC_COMPILE_IFELSE([AC_LANG_PROGRAM()], [AS_VAR_SET(known, yes)], [AS_VAR_SET(known, no)])
         CFLAGS=$tesserae_saved_CFLAGS])
    AS_VAR_IF(known, [yes], [WARNING_CFLAGS="$WARNING_CFLAGS $1"])
    AS_VAR_POPDEF([known])dnl
])
