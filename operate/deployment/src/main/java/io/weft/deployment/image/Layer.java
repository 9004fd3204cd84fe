package io.weft.deployment.image;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * A layer: a compressed archive of files, owned by root, sorted and with one time, so that equal contents are equal bytes.
 *
 * @param blob the archive
 * @param diffId the digest of the archive before it was compressed
 */
record Layer(Blob blob, String diffId) {
    private static final String MEDIA_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip";
    /** The time of every file; some tools take 0 for no time. */
    static final FileTime TIME = FileTime.from(Instant.ofEpochSecond(1));

    /** Writes a layer. Directories above files are made where the list has none. */
    static Layer write(Collection<ImageFile> files, Path target) throws IOException {
        Map<String, ImageFile> sorted = new TreeMap<>();
        files.forEach(file -> {
            if (sorted.put(file.path(), file) != null) {
                throw new IllegalArgumentException(file.path() + " is there twice");
            }
        });
        for (ImageFile file : files) {
            for (int slash = file.path().indexOf('/');
                    slash > 0;
                    slash = file.path().indexOf('/', slash + 1)) {
                String above = file.path().substring(0, slash);
                sorted.putIfAbsent(above, ImageFile.directory(above, 0755));
            }
        }
        MessageDigest digest = Blob.sha256();
        try (OutputStream compressed =
                        new GZIPOutputStream(new BufferedOutputStream(Files.newOutputStream(target)), 1 << 16);
                TarArchiveOutputStream tar = open(new DigestOutputStream(compressed, digest))) {
            for (ImageFile file : sorted.values()) {
                add(tar, file);
            }
        }
        return new Layer(Blob.of(MEDIA_TYPE, target), Blob.text(digest));
    }

    static TarArchiveOutputStream open(OutputStream out) {
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out, "UTF-8");
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        return tar;
    }

    static void add(TarArchiveOutputStream tar, ImageFile file) throws IOException {
        switch (file.content()) {
            case ImageFile.Content.Directory _ -> put(tar, new TarArchiveEntry(file.path() + "/"), file.mode());
            case ImageFile.Content.Link link -> {
                TarArchiveEntry entry = new TarArchiveEntry(file.path(), TarConstants.LF_SYMLINK);
                entry.setLinkName(link.target());
                put(tar, entry, file.mode());
            }
            case ImageFile.Content.Copy copy -> {
                TarArchiveEntry entry = new TarArchiveEntry(file.path());
                entry.setSize(Files.size(copy.source()));
                putOpen(tar, entry, file.mode());
                Files.copy(copy.source(), tar);
                tar.closeArchiveEntry();
            }
            case ImageFile.Content.Text text -> {
                TarArchiveEntry entry = new TarArchiveEntry(file.path());
                entry.setSize(text.bytes().length);
                putOpen(tar, entry, file.mode());
                tar.write(text.bytes());
                tar.closeArchiveEntry();
            }
        }
    }

    private static void put(TarArchiveOutputStream tar, TarArchiveEntry entry, int mode) throws IOException {
        putOpen(tar, entry, mode);
        tar.closeArchiveEntry();
    }

    private static void putOpen(TarArchiveOutputStream tar, TarArchiveEntry entry, int mode) throws IOException {
        entry.setMode(mode);
        entry.setIds(0, 0);
        entry.setNames("", "");
        entry.setLastModifiedTime(TIME);
        tar.putArchiveEntry(entry);
    }
}
