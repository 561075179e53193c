// Runs a command and writes into a file how many KiB of memory it, or one of the processes that it waited for, had at its peak.
// Usage: peak FILE COMMAND... ; ends as the command does.
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
    int status = 1;
    struct rusage usage;
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[2], argv + 2);
        _exit(127);
    }
    if (argc < 3 || wait4(child, &status, 0, &usage) < 0) {
        perror("peak");
        return 1;
    }
    FILE *file = fopen(argv[1], "w");
    if (!file || fprintf(file, "%ld\n", usage.ru_maxrss) < 0 || fclose(file)) {
        perror(argv[1]);
        return 1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
