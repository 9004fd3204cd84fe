package io.weft.cli;

/** A command could not do what it was asked; the message is for the person who asked. */
final class CommandException extends RuntimeException {
    CommandException(String message) {
        super(message);
    }

    CommandException(String message, Throwable cause) {
        super(message, cause);
    }
}
