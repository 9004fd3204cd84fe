package io.weft.kubernetes.translate;

import java.util.Optional;

/**
 * The pods that a rule names as the other end.
 *
 * @param having only those whose port of this name has this number
 */
public record PeerSet(Scope scope, Selector pods, Optional<Having> having) {
    /** Every pod. */
    public static final PeerSet ALL = new PeerSet(new Scope.Matching(Selector.EVERYTHING), Selector.EVERYTHING);

    public PeerSet(Scope scope, Selector pods) {
        this(scope, pods, Optional.empty());
    }

    /** In which namespaces. */
    public sealed interface Scope {
        /** In this one. */
        record One(String namespace) implements Scope {}

        /** In those with such labels. */
        record Matching(Selector namespaces) implements Scope {}
    }

    /** The number that a name stands for. */
    public record Having(NamedPort port, int number) {}

    /** Those of them whose port of this name has this number. */
    public PeerSet having(NamedPort port, int number) {
        return new PeerSet(scope, pods, Optional.of(new Having(port, number)));
    }

    /** These without regard to the number of a port. */
    public PeerSet base() {
        return new PeerSet(scope, pods);
    }

    /** Whether the pod is one of them. */
    public boolean contains(Pod pod, Namespace namespace) {
        boolean inScope = switch (scope) {
            case Scope.One one -> one.namespace().equals(namespace.name());
            case Scope.Matching matching -> matching.namespaces().matches(namespace.labels());
        };
        return inScope
                && pods.matches(pod.labels())
                && having.map(wanted -> Integer.valueOf(wanted.number())
                                .equals(pod.ports().get(wanted.port())))
                        .orElse(true);
    }

    /** For people. */
    @Override
    public String toString() {
        String where = switch (scope) {
            case Scope.One one -> one.namespace();
            case Scope.Matching matching -> "[" + matching.namespaces() + "]";
        };
        return where + "/[" + pods + "]"
                + having.map(wanted -> " " + wanted.port() + "=" + wanted.number())
                        .orElse("");
    }
}
