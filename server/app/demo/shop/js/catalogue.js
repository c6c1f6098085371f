// What the shop sells. Prices in pence. index.html and product.html say the same for readers without script.

/** @typedef {{id: string, name: string, from: string, taste: string, price: number, was?: number, roast: "light"|"medium"|"dark"|"none",
 *   rating: number, reviews: number, stock: number, story: string, facts: [string, string][], end_c?: number}} Product */

/** @type {Product[]} */
export const PRODUCTS = [
  {
    id: "harbour",
    name: "Harbour",
    from: "House blend",
    taste: "Cocoa, toasted hazelnut, brown sugar",
    price: 950,
    roast: "medium",
    rating: 4.8,
    reviews: 412,
    stock: 38,
    end_c: 214,
    story: "The coffee we drink ourselves. A round, forgiving blend that is as good from a moka pot as from a machine.",
    facts: [
      ["Beans", "Brazil and Guatemala"],
      ["Process", "Natural and washed"],
      ["Roast", "Medium"],
      ["Best for", "Espresso, moka pot"],
    ],
  },
  {
    id: "kochere",
    name: "Kochere",
    from: "Ethiopia",
    taste: "Bergamot, apricot, jasmine",
    price: 1300,
    roast: "light",
    rating: 4.9,
    reviews: 187,
    stock: 14,
    end_c: 203,
    story: "Washed at a small station above Yirgacheffe and roasted lightly, so that the flowers stay in the cup.",
    facts: [
      ["Beans", "Heirloom, Gedeo"],
      ["Process", "Washed"],
      ["Roast", "Light"],
      ["Best for", "Filter, iced coffee"],
    ],
  },
  {
    id: "alta",
    name: "Finca Alta",
    from: "Colombia",
    taste: "Red apple, caramel, orange zest",
    price: 1150,
    was: 1290,
    roast: "medium",
    rating: 4.7,
    reviews: 233,
    stock: 22,
    end_c: 210,
    story: "One family, one hillside, 1,850 metres. Bright at first, then long and sweet.",
    facts: [
      ["Beans", "Caturra, Huila"],
      ["Process", "Washed"],
      ["Roast", "Medium"],
      ["Best for", "Filter, espresso"],
    ],
  },
  {
    id: "toraja",
    name: "Toraja",
    from: "Sulawesi",
    taste: "Dark cherry, cedar, clove",
    price: 1250,
    roast: "dark",
    rating: 4.5,
    reviews: 96,
    stock: 9,
    end_c: 221,
    story: "Wet-hulled in the highlands, deep and quiet. A coffee for long evenings.",
    facts: [
      ["Beans", "Typica, Toraja"],
      ["Process", "Wet-hulled"],
      ["Roast", "Dark"],
      ["Best for", "French press"],
    ],
  },
  {
    id: "nightwatch",
    name: "Night Watch",
    from: "Decaf",
    taste: "Milk chocolate, fig, almond",
    price: 1050,
    roast: "medium",
    rating: 4.6,
    reviews: 154,
    stock: 27,
    end_c: 212,
    story: "Decaffeinated with sugar cane and mountain water. All of the cup, none of the ceiling-watching.",
    facts: [
      ["Beans", "Castillo, Cauca"],
      ["Process", "Sugar-cane decaf"],
      ["Roast", "Medium"],
      ["Best for", "Any brewer"],
    ],
  },
  {
    id: "antigua",
    name: "Antigua",
    from: "Guatemala",
    taste: "Dark chocolate, walnut, plum",
    price: 1180,
    roast: "dark",
    rating: 4.7,
    reviews: 141,
    stock: 4,
    end_c: 219,
    story: "Grown on volcanic soil between three peaks. Full and syrupy, with a clean finish.",
    facts: [
      ["Beans", "Bourbon, Antigua"],
      ["Process", "Washed"],
      ["Roast", "Dark"],
      ["Best for", "Espresso, with milk"],
    ],
  },
  {
    id: "dripper",
    name: "Stoneware dripper",
    from: "For the kitchen",
    taste: "With carafe and 40 papers",
    price: 3400,
    roast: "none",
    rating: 4.9,
    reviews: 58,
    stock: 11,
    story: "Thrown and glazed ten minutes from the roastery. Holds its heat, pours evenly, forgives a sleepy hand.",
    facts: [
      ["Holds", "2 to 4 cups"],
      ["Made of", "Stoneware, glass"],
      ["Care", "Dishwasher safe"],
      ["Made in", "Our town"],
    ],
  },
  {
    id: "mug",
    name: "Tidewell mug",
    from: "For the kitchen",
    taste: "Hand-dipped, 300 ml",
    price: 1600,
    roast: "none",
    rating: 4.8,
    reviews: 203,
    stock: 31,
    story: "Each one is dipped by hand, so no two tide lines are the same.",
    facts: [
      ["Holds", "300 ml"],
      ["Made of", "Stoneware"],
      ["Care", "Dishwasher safe"],
      ["Made in", "Our town"],
    ],
  },
];

export const GRINDS = {
  whole: "Whole bean",
  espresso: "Espresso",
  moka: "Moka pot",
  filter: "Filter",
  press: "French press",
};
export const SIZES = { small: { label: "250 g", times: 1 }, large: { label: "1 kg", times: 3.6 } };
export const DELIVERY = {
  standard: { label: "Standard, 2 to 3 days", price: 350 },
  express: { label: "Express, next working day", price: 690 },
};
export const FREE_DELIVERY_FROM = 3000;

export function findProduct(id) {
  return PRODUCTS.find((product) => product.id === id);
}

export function isCoffee(product) {
  return product.roast !== "none";
}

/** Price in pence of one piece in that size. */
export function priceOf(product, size) {
  return Math.round((product.price * (isCoffee(product) ? SIZES[size].times : 1)) / 10) * 10;
}

export function money(pence) {
  return `£${(pence / 100).toFixed(2)}`;
}

export function deliveryPrice(kind, goods) {
  return kind === "standard" && goods >= FREE_DELIVERY_FROM ? 0 : DELIVERY[kind].price;
}

/** The product's picture: WebP in three widths with a PNG for older browsers, or a drawing. */
export function pictureOf(product, sizes) {
  const picture = document.createElement("picture");
  const img = document.createElement("img");
  Object.assign(img, { width: 320, height: 400, alt: pictureText(product) });
  if (isCoffee(product)) {
    const source = document.createElement("source");
    source.type = "image/webp";
    source.sizes = sizes;
    source.srcset = [320, 480, 800].map((width) => `/img/bag-${product.id}-${width}.webp ${width}w`).join(", ");
    picture.append(source);
    img.src = `/img/bag-${product.id}-320.png`;
  } else {
    img.src = `/img/${product.id}.svg`;
  }
  picture.append(img);
  return picture;
}

export function pictureText(product) {
  return isCoffee(product) ? `A bag of ${product.name} coffee` : product.name;
}
