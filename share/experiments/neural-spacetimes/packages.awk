# Package records to edges package,dependency: the first alternative of each dependency.
BEGIN { print "source,target" }
/^Package: / { package = $2 }
/^(Pre-)?Depends: / {
    sub(/^[^:]*: /, "")
    n = split($0, parts, /, */)
    for (i = 1; i <= n; i++) {
        split(parts[i], words, /[ :(|]/)
        if (words[1] != package && !((package, words[1]) in seen)) {
            seen[package, words[1]] = 1
            print package "," words[1]
        }
    }
}
