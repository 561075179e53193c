package io.slipway.sandbox;

import io.slipway.linux.CallLog;
import io.slipway.linux.Descriptor;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A control group of one container, over one or more hierarchies. */
interface Cgroup {
    /** Its directories, one per hierarchy. */
    List<Path> directories();

    /** Makes the directories and sets the limits. */
    void create(Limits limits, CallLog log) throws java.io.IOException;

    /** Files that a child joins by writing {@code 0} to; the caller closes them. */
    List<Descriptor> openJoinFiles(CallLog log) throws java.io.IOException;

    /** The directory that a child may be born in (CLONE_INTO_CGROUP), for version 2; the caller closes it. */
    Optional<Descriptor> openBirthplace(CallLog log) throws java.io.IOException;

    /** Zeros when the group is gone. */
    Stats stats();

    /** How many of its processes were killed for want of memory; much cheaper than all of {@link #stats}. */
    long oomKills();

    /** Kills all processes in it, again until none is left or a second has passed. */
    void killAll();

    /** Removes the directories; does nothing for those already gone. */
    void remove() throws java.io.IOException;
}
