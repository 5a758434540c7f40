/* Times commands in turn, A B C A B C …, and prints each one's wall time, processor time and peak memory as medians,
 * and the wall time as a ratio to the first, pair by pair. measure RUNS NAME BEFORE COMMAND [NAME BEFORE COMMAND]…; BEFORE,
 * which may be empty, makes ready and is not timed; it and each COMMAND are given to sh with their output thrown away; a
 * first round is not counted. */
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/number.h"
#include "base/text.h"

#define MAX_RUNS 99
#define MAX_COMMANDS 8

struct run {
    double wall_s, cpu_s, peak_mib;
};

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

static bool run_once(const char *command, struct run *out)
{
    struct timespec began, ended;
    struct rusage usage;
    int status = 0;
    clock_gettime(CLOCK_MONOTONIC, &began);
    pid_t child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, 1);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &usage) != child)
        return false;
    clock_gettime(CLOCK_MONOTONIC, &ended);
    out->wall_s = (double)(ended.tv_sec - began.tv_sec) + 1e-9 * (double)(ended.tv_nsec - began.tv_nsec);
    out->cpu_s = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    out->peak_mib = (double)usage.ru_maxrss / 1024.0;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool make_ready(const char *before)
{
    struct run untold;
    return !*before || run_once(before, &untold);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t n)
{
    qsort(values, n, sizeof *values, ascending);
    return n % 2 ? values[n / 2] : 0.5 * (values[n / 2 - 1] + values[n / 2]);
}

static void print_row(const char *name, const struct run *runs, const struct run *base, size_t n)
{
    double wall[MAX_RUNS], cpu[MAX_RUNS], peak[MAX_RUNS], ratio[MAX_RUNS];
    for (size_t i = 0; i < n; i++) {
        wall[i] = runs[i].wall_s;
        cpu[i] = runs[i].cpu_s;
        peak[i] = runs[i].peak_mib;
        ratio[i] = runs[i].wall_s / base[i].wall_s;
    }
    double middle = median(ratio, n);
    printf("%-28s %8.3f %8.3f %9.1f %8.2f  [%.2f-%.2f]\n", name, median(wall, n), median(cpu, n), median(peak, n),
           middle, ratio[0], ratio[n - 1]);
}

int main(int argc, char **argv)
{
    static struct run runs[MAX_COMMANDS][MAX_RUNS];
    int64_t n = 0;
    int n_commands = (argc - 2) / 3;
    if (argc < 5 || argc % 3 != 2 || n_commands > MAX_COMMANDS || !hc_int64_parse(hc_str_of(argv[1]), &n) || n < 1 ||
        n > MAX_RUNS) {
        fprintf(stderr, "usage: measure RUNS NAME BEFORE COMMAND [NAME BEFORE COMMAND]...\n");
        return 2;
    }
    for (int64_t i = -1; i < n; i++) {
        for (int c = 0; c < n_commands; c++) {
            char **of = argv + 2 + 3 * c;
            if (!make_ready(of[1]) || !run_once(of[2], &runs[c][i < 0 ? 0 : i])) {
                fprintf(stderr, "measure: '%s' failed\n", of[0]);
                return 1;
            }
        }
    }
    printf("%-28s %8s %8s %9s %8s\n", "", "wall s", "cpu s", "peak MiB", "ratio");
    for (int c = 0; c < n_commands; c++)
        print_row(argv[2 + 3 * c], runs[c], runs[0], (size_t)n);
    return 0;
}
