package io.weft.responders.metadata;

import java.util.Optional;

/**
 * The documents for workloads that Nova does not know, in the two forms that guests' tools ask for: Amazon EC2's and
 * OpenStack's. They say what Weft knows and nothing else: what has no answer is not found.
 */
public final class MetadataDocuments {
    /** A path that is longer is no document's. */
    private static final int LONGEST = 512;

    private MetadataDocuments() {}

    /**
     * The document at a path.
     *
     * @param path the path of the request's URL, untrusted; decoded, as no document's name has anything to decode
     * @param instance who asks
     * @param userData what the instance's owner wants it to read, if there is any
     * @return empty when there is no such document
     */
    public static Optional<Document> find(String path, Instance instance, Optional<byte[]> userData) {
        if (path.length() > LONGEST || !path.startsWith("/")) {
            return Optional.empty();
        }
        String[] words = path.replaceAll("/{2,}", "/").substring(1).split("/", 2);
        String rest = words.length > 1 ? words[1] : "";
        return switch (words[0]) {
            case "" -> Optional.of(Document.text("latest\n"));
            case "latest", "2009-04-04" -> ec2(rest, instance, userData);
            case "openstack" -> OpenStackDocuments.find(rest, instance, userData);
            default -> Optional.empty();
        };
    }

    private static Optional<Document> ec2(String path, Instance instance, Optional<byte[]> userData) {
        String trimmed = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        if (trimmed.isEmpty()) {
            return Optional.of(Document.text(userData.isPresent() ? "meta-data/\nuser-data\n" : "meta-data/\n"));
        }
        if (trimmed.equals("user-data")) {
            return userData.map(content -> new Document("application/octet-stream", content));
        }
        if (trimmed.equals("meta-data")) {
            return Ec2Documents.find("", instance);
        }
        return trimmed.startsWith("meta-data/")
                ? Ec2Documents.find(trimmed.substring("meta-data/".length()), instance)
                : Optional.empty();
    }
}
