package io.slipway.image;

/** Content that is not what its digest says. None of it is kept. */
final class DamagedContent extends ImageException {
    private static final long serialVersionUID = 1L;

    DamagedContent(String message) {
        super(message);
    }
}
