package io.slipway.sandbox;

import io.slipway.linux.CallResult;
import io.slipway.linux.Errno;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the manual says of calls: the names of their parameters, and what their results mean (section 2 of the Linux manual). */
public final class CallWords {
    private static final Map<String, List<String>> PARAMETERS = parameters("""
            access path mode
            bind sockfd addr addrlen
            capset hdrp datap
            chdir path
            chmod path mode
            chown path owner group
            clone flags
            clone3 cl_args size
            close fd
            close_range first last flags
            dup2 oldfd newfd
            dup3 oldfd newfd flags
            epoll_ctl epfd op fd event
            execve path argv envp
            execveat dirfd path argv envp flags
            exit_group status
            fchmod fd mode
            fchown fd owner group
            fcntl fd op arg
            fsconfig fd cmd key value aux
            fsmount fsfd flags attr_flags
            fsopen fsname flags
            fstatfs fd buf
            getdents64 fd dirp count
            ioctl fd op argp
            keyctl operation name
            kill pid sig
            link oldpath newpath
            linkat olddirfd oldpath newdirfd newpath flags
            lseek fd offset whence
            memfd_create name flags
            mkdir path mode
            mkdirat dirfd path mode
            mknod path mode dev
            mknodat dirfd path mode dev
            mount source target filesystemtype mountflags data
            mount_setattr dirfd path flags attr size
            move_mount from_dirfd from_path to_dirfd to_path flags
            newfstatat dirfd path statbuf flags
            open path flags mode
            open_tree dirfd path flags
            openat dirfd path flags mode
            openat2 dirfd path how size
            pidfd_getfd pidfd targetfd flags
            pidfd_open pid flags
            pidfd_send_signal pidfd sig info flags
            pipe2 pipefd flags
            pivot_root new_root put_old
            prctl option arg2 arg3 arg4 arg5
            prlimit64 pid resource new_limit old_limit
            read fd buf count
            recvfrom sockfd buf len flags src_addr addrlen
            recvmsg sockfd msg flags
            rename oldpath newpath
            renameat olddirfd oldpath newdirfd newpath
            rmdir path
            rt_sigaction signum act oldact sigsetsize
            rt_sigprocmask how set oldset sigsetsize
            seccomp operation flags args
            sendmsg sockfd msg flags
            sendto sockfd buf len flags dest_addr addrlen
            setgroups size list
            sethostname name len
            setns fd nstype
            setresgid rgid egid sgid
            setresuid ruid euid suid
            setsockopt sockfd level optname optval optlen
            socket domain type protocol
            socketpair domain type protocol sv
            symlink target linkpath
            symlinkat target newdirfd linkpath
            umask mask
            umount2 target flags
            unlink path
            unlinkat dirfd path flags
            unshare flags
            wait4 pid wstatus options rusage
            waitid idtype id infop options rusage
            write fd buf count
            """);

    private CallWords() {}

    /** The name of a parameter, counted from 0; {@code argN} (from 1) when the call is not known here. */
    public static String parameter(String call, int index) {
        List<String> names = PARAMETERS.getOrDefault(call, List.of());
        return index < names.size() ? names.get(index) : "arg" + (index + 1);
    }

    /** Whether what it took was somebody else's time: it waited for the other side, or for the application's end. */
    public static boolean waits(CallResult call) {
        boolean forParent = call.by().equals("child")
                && (call.call().equals("recvmsg")
                        || call.call().equals("read")
                                && call.arguments().getFirst().matches(".*<(pipe.*|handover)>"));
        return forParent || call.call().startsWith("wait");
    }

    /** As strace(1) shows it: {@code 0}, {@code 7</dev/null>}, {@code -1 ENOENT (no such file or directory)}. */
    public static String result(CallResult call) {
        if (call.failed()) {
            String foreseen = call.mayFail() ? " [passed over]" : "";
            return "-1 " + Errno.describe((int) -call.result()) + foreseen;
        }
        String opened = opened(call);
        return opened.isEmpty() ? Long.toString(call.result()) : call.result() + "<" + opened + ">";
    }

    /** What a descriptor that it gave stands for; empty when it gave none. */
    private static String opened(CallResult call) {
        List<String> arguments = call.arguments();
        return switch (call.call()) {
            case "open", "memfd_create" -> bare(arguments.getFirst());
            case "openat", "openat2", "open_tree" -> bare(arguments.get(1));
            case "socket" -> arguments.getLast().equals("0") ? arguments.getFirst() : arguments.getLast();
            case "pidfd_open" -> "process " + arguments.getFirst();
            case "fcntl", "dup2", "dup3" -> object(arguments.getFirst());
            default -> "";
        };
    }

    private static String bare(String quoted) {
        return quoted.length() > 1 && quoted.startsWith("\"") ? quoted.substring(1, quoted.length() - 1) : quoted;
    }

    private static String object(String descriptor) {
        int begin = descriptor.indexOf('<');
        return begin < 0 ? "" : descriptor.substring(begin + 1, descriptor.length() - 1);
    }

    private static Map<String, List<String>> parameters(String table) {
        Map<String, List<String>> parameters = new HashMap<>();
        table.lines().forEach(line -> {
            List<String> words = List.of(line.split(" "));
            parameters.put(words.getFirst(), words.subList(1, words.size()));
        });
        return parameters;
    }
}
