package io.slipway.sandbox;

/** A directory that the runtime keeps by a name, and that outlives the container: {@link Volumes}. */
public record VolumeMount(String name, String target, boolean readOnly) implements Mount {
    public VolumeMount {
        name = Volumes.checked(name);
        target = MountTarget.checked(target);
    }
}
