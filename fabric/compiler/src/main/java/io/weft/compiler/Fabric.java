package io.weft.compiler;

import io.weft.model.Change;
import io.weft.model.Resource;
import io.weft.model.World;
import io.weft.protocol.Cursor;
import io.weft.protocol.Position;
import io.weft.protocol.TopicLog;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The compiler and the log of its topics, as a server uses them: worlds go in, streams come out.
 *
 * <p>Threads: {@link #onWorld} is called by one thread, the replica's, with every step in order; it never waits for a
 * stream. {@link #open} may be called by any thread; each cursor has a thread of its own.
 */
public final class Fabric {
    private final Compiler compiler;
    private final TopicLog log;

    /**
     * A fabric that has seen no world yet. Its streams begin to speak with the first one.
     *
     * @param epoch the store's epoch
     * @param dnsDomain what follows the names of all ports: complete, the same on all servers
     */
    public Fabric(UUID epoch, String dnsDomain) {
        this(epoch, dnsDomain, TopicLog.DEFAULT_REMOVALS);
    }

    /**
     * A fabric that has seen no world yet.
     *
     * @param epoch the store's epoch
     * @param dnsDomain what follows the names of all ports: complete, the same on all servers
     * @param maxRemovals how many removals are remembered for nodes that come back
     */
    public Fabric(UUID epoch, String dnsDomain, int maxRemovals) {
        this.compiler = new Compiler(dnsDomain);
        this.log = new TopicLog(epoch, compiler.format(), maxRemovals);
    }

    /** Every resource of the world as a change that made it: the step from {@link World#empty} to this world. */
    public static List<Change> everything(World world) {
        List<Change> changes = new ArrayList<>();
        for (Collection<? extends Resource> resources : world.everything()) {
            for (Resource resource : resources) {
                changes.add(new Change(Optional.empty(), Optional.of(resource)));
            }
        }
        return changes;
    }

    /**
     * Takes one step.
     *
     * @param before the world of the last step; {@link World#empty} at first
     * @param after the world now; its revision is not lower
     * @param changes all differences between the two
     */
    public void onWorld(World before, World after, List<Change> changes) {
        log.publish(compiler.apply(before, after, changes));
    }

    /** The revision that the streams are at; -1 before the first world. */
    public long revision() {
        return log.revision();
    }

    /** The topics and streams, for inspection. */
    public TopicLog log() {
        return log;
    }

    /**
     * Opens the stream of a node.
     *
     * @param host the node's name, as its certificate says
     * @param position where the node stopped, if it says so
     */
    public Cursor open(String host, Optional<Position> position) {
        return log.open(host, position);
    }
}
