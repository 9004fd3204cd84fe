package io.weft.agent.container;

import io.weft.agent.attach.Json;
import io.weft.agent.container.Attachment.Origin;
import io.weft.agent.container.CniException.Code;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The attachments of this node, each in a file of its own, so that a restart knows what is there and what is owed. Whose
 * file ends in {@code .gone} is gone: the name is changed where no room is left to write. Nothing is forced to disk; what
 * a loss of power takes with it is found again by the API, as containers do not outlive it. Called by several threads, for
 * one attachment by one at a time.
 */
final class Attachments {
    private static final System.Logger LOGGER = System.getLogger(Attachments.class.getName());
    private static final String HERE = ".json";
    private static final String GONE = ".gone";
    private static final String FRESH = ".new";

    private final Path directory;
    private final Map<AttachmentKey, Attachment> known = new ConcurrentHashMap<>();

    private Attachments(Path directory) {
        this.directory = directory;
    }

    /** Reads what a former process left. */
    static Attachments open(Path directory) throws IOException {
        Files.createDirectories(directory);
        Attachments attachments = new Attachments(directory);
        try (Stream<Path> files = Files.list(directory)) {
            // Gone ones first: where a new one of the same key was begun, that one holds.
            files.sorted((one, other) -> Boolean.compare(isGone(other), isGone(one)))
                    .forEach(attachments::load);
        }
        return attachments;
    }

    private static boolean isGone(Path file) {
        return file.toString().endsWith(GONE);
    }

    private void load(Path file) {
        String name = file.getFileName().toString();
        try {
            if (name.endsWith(FRESH)) {
                Files.delete(file);
            } else if (name.endsWith(HERE) || name.endsWith(GONE)) {
                Attachment attachment = read(Files.readAllBytes(file), name.endsWith(GONE));
                known.put(attachment.key(), attachment);
            }
        } catch (IOException | RuntimeException e) {
            LOGGER.log(Level.WARNING, "a container's record cannot be read: " + file, e);
        }
    }

    private static Attachment read(byte[] content, boolean gone) throws IOException {
        Map<String, String> values = Json.object(content);
        return new Attachment(
                new AttachmentKey(values.getOrDefault("container", ""), values.getOrDefault("interface", "")),
                values.getOrDefault("network", ""),
                Path.of(values.getOrDefault("namespace", "")),
                Origin.valueOf(values.getOrDefault("origin", "")),
                Optional.ofNullable(values.get("port")).map(UUID::fromString),
                gone,
                Optional.ofNullable(values.get("first")));
    }

    Optional<Attachment> find(AttachmentKey key) {
        return Optional.ofNullable(known.get(key));
    }

    List<Attachment> all() {
        return List.copyOf(known.values());
    }

    /** The interfaces that came by the request for another. */
    List<AttachmentKey> broughtBy(AttachmentKey owner) {
        return known.values().stream()
                .filter(each -> each.first().isPresent() && each.owner().equals(owner))
                .map(Attachment::key)
                .toList();
    }

    /** Whether some attachment has the port. */
    boolean has(UUID port) {
        return known.values().stream().anyMatch(each -> each.port().equals(Optional.of(port)));
    }

    /** Whether some attachment's port has this {@code device_id}. */
    boolean hasDevice(String deviceId) {
        return known.keySet().stream().anyMatch(key -> key.deviceId().equals(deviceId));
    }

    /**
     * Keeps an attachment that is there.
     *
     * @throws CniException when another has the port, or it cannot be written; nothing is changed then
     */
    synchronized void put(Attachment attachment) {
        for (Attachment other : known.values()) {
            if (attachment.port().isPresent()
                    && other.port().equals(attachment.port())
                    && !other.gone()
                    && !other.key().equals(attachment.key())) {
                throw new CniException(Code.TRY_AGAIN_LATER, "the port is joined to " + other.key());
            }
        }
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("container", attachment.key().container());
        values.put("interface", attachment.key().interfaceName());
        values.put("network", attachment.network());
        values.put("namespace", attachment.namespace());
        values.put("origin", attachment.origin());
        attachment.port().ifPresent(port -> values.put("port", port));
        attachment.first().ifPresent(name -> values.put("first", name));
        Path fresh = file(attachment.key(), FRESH);
        try {
            try {
                Files.write(fresh, Json.bytes(values));
                Files.move(
                        fresh,
                        file(attachment.key(), HERE),
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(fresh);
            }
            Files.deleteIfExists(file(attachment.key(), GONE));
        } catch (IOException e) {
            throw new CniException(Code.TRY_AGAIN_LATER, "the container cannot be recorded: " + e.getMessage());
        }
        known.put(attachment.key(), attachment);
    }

    /** The container is gone; its port is left to be released. */
    Attachment markGone(Attachment attachment) {
        Attachment gone = attachment.goneNow();
        known.put(gone.key(), gone);
        try {
            Files.move(
                    file(gone.key(), HERE),
                    file(gone.key(), GONE),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            if (!Files.exists(file(gone.key(), GONE))) {
                throw new CniException(
                        Code.TRY_AGAIN_LATER, "the container's end cannot be recorded: " + e.getMessage());
            }
        }
        return gone;
    }

    /** Nothing is left of it. */
    void forget(AttachmentKey key) {
        try {
            Files.deleteIfExists(file(key, HERE));
            Files.deleteIfExists(file(key, GONE));
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "a container's record cannot be removed: " + key, e);
        }
        known.remove(key);
    }

    /** Removes the directory and all that it holds. */
    static void purge(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            try (Stream<Path> files = Files.list(directory)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(directory);
        }
    }

    private Path file(AttachmentKey key, String end) {
        return directory.resolve(key.container() + "@" + key.interfaceName() + end);
    }
}
