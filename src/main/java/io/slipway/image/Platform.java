package io.slipway.image;

/** A kind of machine, in the image specification's words. */
record Platform(String os, String architecture) {
    static Platform here() {
        String arch = System.getProperty("os.arch", "");
        return new Platform(
                "linux",
                switch (arch) {
                    case "amd64", "x86_64" -> "amd64";
                    case "aarch64" -> "arm64";
                    default -> arch;
                });
    }

    @Override
    public String toString() {
        return os + "/" + architecture;
    }
}
