package io.weft.kubernetes.translate;

/** What a container calls one of its ports; another number in each pod, if pods like. */
public record NamedPort(String name, Protocol protocol) implements Comparable<NamedPort> {
    @Override
    public int compareTo(NamedPort other) {
        int byName = name.compareTo(other.name);
        return byName != 0 ? byName : protocol.compareTo(other.protocol);
    }

    @Override
    public String toString() {
        return name + "/" + protocol;
    }
}
