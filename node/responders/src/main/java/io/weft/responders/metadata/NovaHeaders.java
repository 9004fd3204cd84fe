package io.weft.responders.metadata;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The headers by which Nova's metadata service knows whose request it is (Nova's administrator guide, "Metadata
 * service"): instance, project and the address it came from, and a signature that only the holder of the shared secret
 * can make. Nothing that the guest sent is among them.
 */
public final class NovaHeaders {
    private NovaHeaders() {}

    /**
     * All headers about the asker.
     *
     * @param instance who asks
     * @param secret {@code metadata_proxy_shared_secret} of both sides; not empty
     */
    public static Map<String, String> of(Instance instance, String secret) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("X-Forwarded-For", instance.address().toString());
        headers.put("X-Instance-ID", instance.deviceId());
        headers.put("X-Tenant-ID", instance.project());
        headers.put("X-Project-ID", instance.project());
        headers.put("X-Instance-ID-Signature", signature(instance.deviceId(), secret));
        return headers;
    }

    /** HMAC-SHA256 (RFC 2104) of an instance's id, in lower-case hexadecimal digits. */
    static String signature(String instance, String secret) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(instance.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has HmacSHA256", e);
        }
    }
}
