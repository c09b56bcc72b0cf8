# Rows of a function: awk -v NAME=weierstrass -v ROWS=20000 -v SEED=1 -f functions.awk
# Inputs are uniform, on [0, 1], or [-5, 5] (ackley), or [-5.12, 5.12] (rastrigin); there is no noise.
BEGIN {
    srand(SEED)
    pi = atan2(0, -1)
    dimensions = NAME == "weierstrass" || NAME == "jump" ? 1 : NAME == "rastrigin4" ? 4 : 2
    for (j = 0; j < dimensions; j++)
        printf "x%d,", j
    print "y"
    for (i = 0; i < ROWS; i++) {
        line = ""
        squares = waves = y = 0
        for (j = 0; j < dimensions; j++) {
            x = rand()
            if (NAME == "ackley")
                x = 10 * x - 5
            else if (NAME ~ /rastrigin/)
                x = 10.24 * x - 5.12
            line = line sprintf("%.9g,", x)
            squares += x * x
            waves += cos(2 * pi * x)
        }
        if (NAME == "weierstrass") # sum over k of 2^(-k/2) sin(2 pi 2^k x)
            for (k = 0; k <= 10; k++)
                y += 2 ^ (-k / 2) * sin(2 * pi * 2 ^ k * x)
        else if (NAME == "jump") # x^2 and -exp(-x) by turns, an eighth each
            y = x % 0.25 >= 0.125 ? x * x : -exp(-x)
        else if (NAME == "ackley")
            y = -20 * exp(-0.2 * sqrt(squares / dimensions)) - exp(waves / dimensions) + 20 + exp(1)
        else
            y = 10 * dimensions + squares - 10 * waves
        printf "%s%.9g\n", line, y
    }
}
