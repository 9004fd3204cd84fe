package io.weft.client;

import java.util.UUID;

/** Another object of the API, of which only the id is shown. */
public record Reference(UUID id) {}
