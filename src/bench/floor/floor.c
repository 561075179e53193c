// The limit that the start benchmark is held against: a resident process that does by hand, without checks, records, logs or explanations, what
// a container of /bin/true needs at least. Usage: floor ROOT WORK CGROUP... ; for each line read it starts, ends and removes one container and
// prints the nanoseconds it took. A line that says "spawn" takes only posix_spawn of that program and the wait for its end: no container at all.
// ROOT is a directory with bin/true, WORK an empty one, each CGROUP a directory of a version 1 hierarchy.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <net/if.h>
#include <time.h>
#include <unistd.h>

static const char *const devices[] = {"null", "zero", "full", "random", "urandom", "tty"};
static const char *const masked[] = {"/proc/interrupts", "/proc/keys", "/proc/timer_list"};
static const char *const hidden[] = {"/proc/acpi", "/sys/firmware"};
static const char *const readonly[] = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys"};
static char merged[4096], overlay[16384], upper[4096], overlay_work[4096], inner_work[4096], incompatible[4096], not_synced[4096], dirty[4096], group[64][4096];
static int tasks[64], groups;

static void must(long result, const char *what) {
    if (result < 0) {
        perror(what);
        _exit(1);
    }
}

static void bind_mount(const char *from, const char *to, unsigned long more) {
    must(mount(from, to, 0, MS_BIND, 0), to);
    if (more) must(mount(0, to, 0, MS_REMOUNT | MS_BIND | more, 0), to);
}

static void raise_loopback(void) {
    int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq lo = {.ifr_flags = IFF_UP | IFF_RUNNING};
    strcpy(lo.ifr_name, "lo");
    must(ioctl(s, SIOCSIFFLAGS, &lo), "lo");
}

static int child(void *none) {
    for (int i = 0; i < groups; i++) must(write(tasks[i], "0", 1), "tasks");
    must(unshare(CLONE_NEWCGROUP), "unshare");
    must(mount(0, "/", 0, MS_REC | MS_PRIVATE, 0), "private");
    must(mount("overlay", merged, "overlay", 0, overlay), "overlay");
    must(chdir(merged), "chdir");
    must(mount("tmpfs", "dev", "tmpfs", MS_NOSUID, "mode=755,size=64k"), "dev");
    for (int i = 0; i < 6; i++) {
        char from[64], to[64];
        sprintf(from, "/dev/%s", devices[i]);
        sprintf(to, "dev/%s", devices[i]);
        must(mknod(to, S_IFREG | 0644, 0), to);
        bind_mount(from, to, 0);
    }
    must(syscall(SYS_pivot_root, ".", "."), "pivot_root");
    must(mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, 0), "proc");
    must(mount("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY, 0), "sys");
    must(umount2(".", MNT_DETACH), "umount");
    must(chdir("/"), "/");
    must(mkdir("/dev/pts", 0755), "pts");
    must(mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620"), "pts");
    must(mkdir("/dev/shm", 0755), "shm");
    must(mount("shm", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=1777,size=65536k"), "shm");
    must(mkdir("/dev/mqueue", 0755), "mqueue");
    must(mount("mqueue", "/dev/mqueue", "mqueue", MS_NOSUID | MS_NODEV | MS_NOEXEC, 0), "mqueue");
    for (int i = 0; i < 4; i++) bind_mount(readonly[i], readonly[i], MS_RDONLY);
    for (int i = 0; i < 3; i++) bind_mount("/dev/null", masked[i], 0);
    for (int i = 0; i < 2; i++) must(mount("tmpfs", hidden[i], "tmpfs", MS_RDONLY, "size=0k,nr_inodes=1"), hidden[i]);
    must(sethostname("floor", 5), "hostname");
    raise_loopback();
    for (int i = 0; i < 41; i++) prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
    must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
    char *argv[] = {"/bin/true", 0}, *env[] = {"PATH=/bin", 0};
    execve(argv[0], argv, env);
    _exit(127);
}

static void once(void *stack) {
    mkdir(upper, 0755);
    mkdir(overlay_work, 0755);
    for (int i = 0; i < groups; i++) {
        char file[8192];
        must(mkdir(group[i], 0755), group[i]);
        sprintf(file, "%s/tasks", group[i]);
        must(tasks[i] = open(file, O_WRONLY | O_CLOEXEC), file);
    }
    int flags = CLONE_VM | CLONE_VFORK | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC | SIGCHLD;
    int pid = clone(child, stack, flags, 0), status;
    must(pid, "clone");
    must(waitpid(pid, &status, 0), "waitpid");
    must(-status, "the child's status");
    for (int i = 0; i < groups; i++) {
        close(tasks[i]);
        must(rmdir(group[i]), group[i]);
    }
    // What a mount that is not synced leaves, so that nobody takes its files for whole.
    unlink(dirty);
    rmdir(not_synced);
    rmdir(incompatible);
    rmdir(inner_work);
    rmdir(overlay_work);
    rmdir(upper);
}

static void spawn(char *program) {
    char *argv[] = {program, 0}, *env[] = {"PATH=/bin", 0};
    int pid, status;
    must(-posix_spawn(&pid, program, 0, 0, argv, env), program);
    must(waitpid(pid, &status, 0), "waitpid");
    must(-status, program);
}

int main(int argc, char **argv) {
    char line[16], program[4096], *stack = malloc(65536);
    sprintf(program, "%s/bin/true", argv[1]);
    sprintf(upper, "%s/upper", argv[2]);
    sprintf(overlay_work, "%s/work", argv[2]);
    sprintf(inner_work, "%s/work/work", argv[2]);
    sprintf(incompatible, "%s/work/work/incompat", argv[2]);
    sprintf(not_synced, "%s/work/work/incompat/volatile", argv[2]);
    sprintf(dirty, "%s/work/work/incompat/volatile/dirty", argv[2]);
    sprintf(merged, "%s/merged", argv[2]);
    sprintf(overlay, "lowerdir=%s,upperdir=%s,workdir=%s,volatile", argv[1], upper, overlay_work);
    must(mkdir(merged, 0755), merged);
    for (; groups < argc - 3; groups++) strcpy(group[groups], argv[3 + groups]);
    while (fgets(line, sizeof line, stdin)) {
        struct timespec a, b;
        clock_gettime(CLOCK_MONOTONIC, &a);
        if (line[0] == 's') spawn(program);
        else once(stack + 65536);
        clock_gettime(CLOCK_MONOTONIC, &b);
        printf("%ld\n", (b.tv_sec - a.tv_sec) * 1000000000L + b.tv_nsec - a.tv_nsec);
        fflush(stdout);
    }
    return 0;
}
