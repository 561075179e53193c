package io.slipway.sandbox;

/**
 * A file in memory that only the application's user can read, 0400. Its content is given at the start and kept nowhere: neither in the container's
 * record nor in its environment or explanation.
 */
public record SecretMount(String name, String target) implements Mount {
    /** Where secrets lie unless said otherwise. */
    public static final String DIRECTORY = "/run/secrets/";

    public SecretMount {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a secret has no name");
        }
        target = MountTarget.checked(target);
    }
}
