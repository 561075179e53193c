package io.slipway.sandbox.seccomp;

/** A profile that cannot be used: says where in it, what is wrong, and what to write instead. */
public final class InvalidProfile extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    InvalidProfile(String problem) {
        super("the seccomp profile cannot be used: " + problem);
    }

    InvalidProfile(String path, String problem) {
        this(path + ": " + problem);
    }
}
