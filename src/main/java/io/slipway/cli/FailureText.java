package io.slipway.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Optional;

/** What a failure of input or output says to people who do not know the program that met it. */
final class FailureText {
    private static final String FULL = "No space left on device";

    private FailureText() {}

    /** Empty for what is no ordinary failure of input or output, or says nothing. */
    static Optional<String> of(Exception failure) {
        return switch (failure) {
            case UncheckedIOException wrapped when wrapped.getCause() != null -> of(wrapped.getCause());
            case FileSystemException file -> Optional.of(file(file));
            case ConnectException refused -> Optional.of("cannot connect: " + refused.getMessage());
            case IOException plain
            when plain.getClass() == IOException.class && plain.getMessage() != null ->
                Optional.of(withAdvice(plain.getMessage()));
            default -> Optional.empty();
        };
    }

    /** Why a file could not be read or written, for a message that names the file itself. */
    static String reason(IOException failure) {
        return switch (failure) {
            case FileSystemException file -> withAdvice(reasonOf(file));
            case CharacterCodingException _ -> "it is not text in UTF-8";
            case IOException plain when plain.getMessage() != null -> withAdvice(plain.getMessage());
            default -> failure.toString();
        };
    }

    private static String file(FileSystemException e) {
        String other = e.getOtherFile() == null ? "" : " and " + e.getOtherFile();
        String reason = withAdvice(reasonOf(e));
        return e.getFile() == null ? reason : e.getFile() + other + ": " + reason;
    }

    private static String reasonOf(FileSystemException e) {
        return switch (e) {
            case NoSuchFileException _ -> "no such file or directory";
            case AccessDeniedException _ -> "permission denied";
            case FileAlreadyExistsException _ -> "exists already";
            case DirectoryNotEmptyException _ -> "the directory is not empty";
            case NotDirectoryException _ -> "is no directory";
            default -> e.getReason() == null ? "cannot be used" : e.getReason();
        };
    }

    private static String withAdvice(String text) {
        return text.contains(FULL)
                ? text + "; see which file system is full with 'df -h' and 'df -i', and free some of it"
                : text;
    }
}
