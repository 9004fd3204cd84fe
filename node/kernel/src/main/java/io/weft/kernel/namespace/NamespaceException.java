package io.weft.kernel.namespace;

/** A checked exception of an action that ran inside a namespace, as its cause. */
public final class NamespaceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NamespaceException(String namespace, Throwable cause) {
        super("in network namespace " + namespace + ": " + cause.getMessage(), cause);
    }
}
