package io.slipway.sandbox.cgroup;

import io.slipway.linux.SyscallException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The files of one controller of one version. It keeps nothing: what holds is told by the limits before and after. */
interface Controller {
    /** As {@link Limits#asked} and version 2 name it. */
    String name();

    /**
     * The writes, in order, that take a group from one set of limits to another; none for what stays. A fresh group has {@link Limits#NONE}; a change
     * back is undone by the same with the two exchanged.
     */
    default List<Setting> change(Limits from, Limits to) {
        return List.of();
    }

    /** The writes that a group needs once it has been made. */
    default List<Setting> initial(Limits limits) {
        return change(Limits.NONE, limits);
    }

    /** Whether a group takes no process before these writes. */
    default boolean neededToJoin() {
        return false;
    }

    /** Refuses a change that the kernel would carry out, but by killing. */
    default void check(CgroupDirectory group, Limits to) throws IOException {}

    /** What the kernel killed for lack of memory. */
    default Oom oom(CgroupDirectory group) {
        return Oom.NONE;
    }

    /** What has news when the kernel kills for lack of memory, or is about to; empty where nothing has. To be closed by the caller. */
    default Optional<OomNews> oomNews(CgroupDirectory group) throws SyscallException {
        return Optional.empty();
    }

    /** Notes what has been used. */
    default void account(CgroupDirectory group, Account account) {}
}
