package io.weft.vrouter;

import java.util.Map;
import java.util.function.BiPredicate;

/**
 * The connections that the programs keep. They make them, age them and remove them on their own; this is the way to see
 * them and to end them. Any thread may call.
 */
public interface Connections {
    /**
     * The living connections that a filter chooses. It is a walk through all of them, which other changes go on beside.
     */
    Map<ConnectionKey, Connection> list(BiPredicate<ConnectionKey, Connection> filter);

    /**
     * Ends those that a filter chooses. TCP stays as {@link Connection.State#CUT}: whatever its ends still send is dropped,
     * no rule revives it, and a new SYN may begin another one. Of other protocols the next packet begins a connection
     * again, if the rules allow it in its direction.
     *
     * @return how many there were
     */
    int cut(BiPredicate<ConnectionKey, Connection> filter);

    /** Forgets all of a port, as when it goes and before its number is given to another. */
    void forget(int port);

    /** How many answered connections a port has, those included that have expired and are not collected yet. */
    int answered(int port);
}
