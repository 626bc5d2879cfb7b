// Made from thread-main.ts by `npm run build:thread`. Do not edit.

/** The program of the thread that writes. */
export const threadText = `\
var Ee=require("node:worker_threads");var me=require("node:zlib"),pe=require("node:timers/promises")\
;function K(t){return t.split(\`
\`).map(we).join(\`
\`)}function we(t){return t.replace(/[\\p{C}\\p{Zl}\\p\
{Zp}]/gu,e=>e.replace(/[^]/g,Fe))}function Fe(t){return\`\\\\u\${t.charCodeAt(0).toString(16).padStart(4,\
"0")}\`}var d=class extends Error{name="KeepfitError";code;constructor(e,r,n){super(\`\${e}: \${K(r)}\`,n),\
this.code=e}};function p(t){return t instanceof Error&&t.name==="KeepfitError"&&"code"in t}var g=cla\
ss{#r;#n;#e;#t=0;#o;constructor(e,r){this.#r=e,this.#n=r,this.#e=new DataView(new ArrayBuffer(4*e.le\
ngth)),this.#o=e[0]??0}add(e){for(let r=0;r<e.byteLength;){for(;this.#o===0;)this.#o=this.#r[++this.\
#t]??1/0;if(this.#o===1/0)return;let n=Math.min(r+this.#o,e.byteLength),o=4*this.#t,i=this.#e.getUin\
t32(o,!0);this.#e.setUint32(o,this.#n(e.subarray(r,n),i),!0),this.#o-=n-r,r=n}}toBytes(){return new \
Uint8Array(this.#e.buffer)}};function L(){let t=Promise.resolve();return{run:e=>{let r=t.then(e,e);r\
eturn t=r.catch(()=>{}),r}}}var b=require("node:path");var v={fsStore:"folder",fileSink:"path"},ke={\
ENOSPC:"the disk is full",EDQUOT:"the disk quota is used up"},Se=[-122,-69];function U(t,e){let r=f(\
t),n=\`could not \${e.action} \${e.path} (\${r===""?String(t):r})\`,o=ke[r];if(o!==void 0){let i=e.byteLengt\
h===void 0?"":\`, and \${e.byteLength} bytes must fit into \${(0,b.dirname)(e.path)}\`,s=\`\${n}: \${o}\${i}; fre\
e some room, or \${y(e)}\`;return new d("KEEPFIT_STORE_FULL",s,{cause:t})}return new d("KEEPFIT_STORE_F\
AILED",\`\${n}: \${be(r,e)}\`,{cause:t})}function f(t){let e=p(t)?t.cause:t,{code:r,errno:n}=e??{};return \
Se.includes(n)?"EDQUOT":typeof r=="string"?r:""}async function E(t){try{return await t()}catch(e){if\
(f(e)==="ENOENT")return;throw e}}function be(t,e){let{owner:r,path:n}=e,o=v[r];switch(t){case"EACCES\
":case"EPERM":return\`this user may not; let it read and write in \${(0,b.dirname)(n)}, or \${y(e)}\`;case\
"ERR_ACCESS_DENIED":return"Node's permission model forbids it; use --allow-fs-write, or on Node 26, \
which forbids fsync, no --permission";case"EROFS":return\`the file system is read-only; give \${r} a \${o\
} that can be written\`;case"EEXIST":return\`something else has this name; move it away, or \${y(e)}\`;ca\
se"ENAMETOOLONG":return\`this path, or a name in it, is longer than the file system allows; give \${r} \
a shorter \${o}\`;case"ENOTCONN":case"ESTALE":case"ENODEV":case"ENXIO":case"EHOSTDOWN":return"the drive\
 was disconnected; connect it again, then run the training again";case"EIO":return\`the disk or the d\
rive reports an error; check it, or \${y(e)}\`;case"ENOTDIR":return\`a part of this path is a file; give\
 \${r} a path made of folders\`;case"EISDIR":return\`a folder has this name; move it away, or \${y(e)}\`;ca\
se"ELOOP":return"a symbolic link has this name and cannot be followed; remove it";case"EFBIG":return\
\`the file system, or ulimit -f, takes no file of this size; give \${r} a \${o} on another one\`;case"ENOE\
NT":return"this file, or a folder above it, was deleted or moved away; let nothing else move or clea\
n up there, then run again";case"EMFILE":case"ENFILE":return"too many files are open; raise the limi\
t (ulimit -n)";default:return\`see the cause, or \${y(e)}\`}}function y({owner:t}){return\`give \${t} anoth\
er \${v[t]}\`}var D={open:"open",stat:"look at",lstat:"look at",readdir:"list",mkdir:"make the folder",\
rename:"rename",link:"link",unlink:"delete"},M={read:"read",write:"write",truncate:"cut",stat:"look \
at",sync:"sync",close:"close"},Te=new Set(["rename","link"]);function T(t,e,r={}){let n=j(t,D,(o,i)=\
>({owner:e,action:o==="open"?Pe(t.constants,Number(i[1])):D[o],path:String(Te.has(o)?i[1]:i[0]),...r\
}));return{...n,constants:t.constants,open:async(o,i,s)=>j(await n.open(o,i,s),M,c=>({owner:e,action\
:M[c],path:o,...r})),for:o=>T(t,e,{...r,...o})}}function Pe(t,e){let{O_WRONLY:r,O_RDWR:n=0,O_EXCL:o=\
0}=t;return(e&o)!==0?"make":(e&(r|n))===0?"read":"open"}function j(t,e,r){let n=t,o=Object.keys(e).m\
ap(i=>[i,async(...s)=>{try{return await Reflect.apply(n[i],t,s)}catch(c){throw p(c)?c:U(c,r(i,s))}}]\
);return Object.fromEntries(o)}var ut=16*1024*1024;function H(t,e,r){return{...t,fs:T(e,"fsStore"),h\
ost:r,commits:L()}}var B=require("node:crypto"),P=require("node:path");var Ce=".safetensors";functio\
n m(t,e){return(0,P.join)(t,\`\${e}\${Ce}\`)}function V(t,e){return(0,P.join)(t,\`.\${e}.\${(0,B.randomUUID)()}\
.tmp\`)}var k=require("node:path");async function w({fs:t,host:e},r){if(e.isWindows)return;let n=awai\
t t.for({action:"sync the folder"}).open(r,t.constants.O_RDONLY);try{await n.sync()}catch(o){if(f(o)\
!=="EINVAL")throw o}finally{await n.close()}}var Oe=new Set(["EACCES","EPERM"]);async function q(t){\
let e=await C(t,t.path);e&&t.isPrepared||(await Q(t,t.path,e),t.isPrepared=!0)}async function Q(t,e,\
r){let n=(0,k.dirname)(e);if(r)return Ie(t,e);await Q(t,n,await C(t,n));try{await t.fs.mkdir(e,{mode\
:448})}catch(o){if(f(o)!=="EEXIST")throw o;if(!await C(t,e))throw xe(e,o)}await w(t,n)}async functio\
n C({fs:t},e){let r=t.for({action:"look at the folder"}),n=await E(()=>r.stat(e,{bigint:!0}));if(n==\
=void 0)return!1;if(n.isDirectory())return!0;throw new d("KEEPFIT_STORE_FAILED",\`\${e} is a file, but \
fsStore needs a folder there; give fsStore the path of a folder\`)}function xe(t,e){let r=\`\${t} is a s\
ymbolic link to nothing; make the folder it should lead to, or remove the link\`;return new d("KEEPFI\
T_STORE_FAILED",r,{cause:e})}async function Ie(t,e){if((0,k.dirname)(e)!==e)try{await w(t,(0,k.dirna\
me)(e))}catch(r){if(!Oe.has(f(r)))throw r}}async function Y(t,e){let{O_WRONLY:r,O_CREAT:n,O_EXCL:o,O\
_NOFOLLOW:i=0}=t.constants,s=await t.open(e,r|n|o|i,384);return{path:e,handle:s,isOpen:!0}}async fun\
ction O(t){t.isOpen=!1,await t.handle.close()}async function G(t,e){e.isOpen&&await O(e).catch(()=>{\
}),await t.unlink(e.path).catch(()=>{})}var Re=new Set(["EPERM","EACCES","EBUSY"]),_e=500,We=1e4;asy\
nc function z(t,e,r=async()=>{}){for(let n=0,o=10;;n+=o,o=Math.min(2*o,_e)){await r();try{return awa\
it e()}catch(i){if(!t.isWindows||!Re.has(f(i))||n>=We)throw i}await t.pause(o)}}async function X(t,e\
,r,n){for(let o=0;o<e.length;){let i=Math.min(e.length-o,1073741824),{bytesWritten:s}=await t.write(\
e,o,i,r+o);if(!(s>0&&s<=i))throw n(i,s);o+=s}}var J=require("node:crypto"),Z=require("node:zlib"),x=\
16*1024,h=class{#r;#n=(0,J.createHash)("sha256");#e=0;#t=0;constructor(e){this.#r=e}add(e){this.#e=(\
0,Z.crc32)(e,this.#e);for(let[r,n]of I(this.#r)){let o=Math.max(r-this.#t,0),i=Math.min(n-this.#t,e.\
length);o<i&&this.#n.update(e.subarray(o,i))}this.#t+=e.length}skipTo(e){this.#t=e}formatEdges(){ret\
urn\`\${this.#r}-\${this.#n.copy().digest("hex").slice(0,32)}-\`}formatVersion(){return this.formatEdges()\
+this.#e.toString(16).padStart(8,"0")}};function I(t){return t<=2*x?[[0,t]]:[[0,x],[t-x,t]]}function\
 ee(t,e){return t.startsWith(\`\${e}-\`)}var R="the old checkpoint stays";function _(t,e,r,n){let o=r===\
null?"no checkpoint":"the one that was last read or stored here",[i,s]=n===void 0?["it is gone","som\
ething deleted it or moved it away"]:[\`another one of \${n} bytes is there\`,\`another trainer wrote in \
\${t}\`];return new d("KEEPFIT_STORE_CONFLICT",\`\${e} should be \${o}, but \${i}: \${s}, and nothing was change\
d. Stop one of the two, or give each its own folder or name\`)}function te(t,e,r){return new d("KEEPF\
IT_STORE_FAILED",\`\${t} should have \${e} bytes, but has \${r}; \${R}\`)}function re(t,e,r){return new d("KEE\
PFIT_STORE_FAILED",\`a write of \${e} bytes to \${t} wrote \${r}; \${R}\`)}function W(t,e,r){return new d("KEE\
PFIT_STORE_FAILED",\`the chunks for \${t} must add up to the announced \${e} bytes, but came to \${r}; \${R}\`\
)}function ne(t,e){return new d("KEEPFIT_STORE_FAILED",\`the new checkpoint is in place at \${t}, but a\
 power cut may bring back the old one because the folder could not be synced (\${f(e)||String(e)}); ch\
eck the disk before you continue\`,{cause:e})}var $e=1024*1024;async function oe(t,e,r){if(r===void 0\
)return;let n=await se(t,e),{replaces:o}=r;if(!($(n,o)&&(o===null||await Ne(t,e,o))))throw _(t.path,\
m(t.path,e),o,n?.size)}async function ie(t,e,r){if(r===void 0)return;let n=await se(t,e);if(!$(n,r.r\
eplaces))throw _(t.path,m(t.path,e),r.replaces,n?.size)}async function se({fs:t,path:e},r){return E(\
()=>t.lstat(m(e,r),{bigint:!0}))}function $(t,e){return t===void 0||e===null?t===void 0&&e===null:t.\
isFile()&&ee(e,t.size)}async function Ne(t,e,r){let{fs:n}=t,{O_RDONLY:o,O_NOFOLLOW:i=0,O_NONBLOCK:s=\
0}=n.constants,c=o|i|s,u=await E(()=>n.open(m(t.path,e),c));if(u===void 0)return!1;try{let l=await u\
.stat({bigint:!0});if(!$(l,r)||!await Ae(u,Number(l.size),r))return!1;if(Ke(t,e,r,l))return!0;let F=\
new h(Number(l.size));return await ae(F,u,0,Number(l.size)),F.formatVersion()!==r?!1:(N(t,e,r,l),!0)\
}finally{await u.close().catch(()=>{})}}async function Ae(t,e,r){let n=new h(e);for(let[o,i]of I(e))\
n.skipTo(o),await ae(n,t,o,i);return r.startsWith(n.formatEdges())}async function ae(t,e,r,n){let o=\
new Uint8Array(Math.min(n-r,$e));for(let i=r;i<n;){let{bytesRead:s}=await e.read(o,0,Math.min(o.leng\
th,n-i),i);if(!(s>0))return;t.add(o.subarray(0,s)),i+=s}}function N(t,e,r,n){t.known.set(e,{version:\
r,stamp:ce(n)})}function Ke(t,e,r,n){let o=t.known.get(e);return o?.version===r&&o.stamp===ce(n)}fun\
ction ce({dev:t,ino:e,mtimeNs:r,size:n}){return\`\${t}:\${e}:\${r}:\${n}\`}var S=class{#r;#n;#e=0;#t;#o;constr\
uctor(e,r){this.#r=e,this.#n=r}add(e){this.throwFailure(),this.#e+=e,!(this.#e<this.#n||this.#t!==vo\
id 0)&&(this.#e=0,this.#t=this.#i())}async waitUntilIdle(){await this.#t}throwFailure(){if(this.#o!=\
=void 0)throw this.#o.error}async#i(){try{await this.#r.handle.sync()}catch(e){this.#o={error:e}}thi\
s.#t=void 0}};async function de(t,e){try{await w(t,t.path)}catch(r){throw ne(e,r.cause)}}async funct\
ion ue(t,e,r,n,o){let{byteLength:i}=r,s=m(t.path,e);await ie(t,e,n),await q(t);let c=await Y(t.fs.fo\
r({byteLength:i}),o?.temp??V(t.path,e)),u=new h(i);try{await Le(c,r,t.syncEvery,u),await Ue(c,i),awa\
it c.handle.sync(),await O(c);let l=await t.fs.lstat(c.path,{bigint:!0});o?.beforeRename(u.formatVer\
sion()),await t.commits.run(async()=>{await De(t,e,c,n),N(t,e,u.formatVersion(),l)})}catch(l){throw \
await G(t.fs,c),l}return await de(t,s),u.formatVersion()}async function Le(t,e,r,n){let o=new S(t,r)\
;try{await ve(t,e,i=>{n.add(i),o.add(i.length)})}finally{await o.waitUntilIdle()}o.throwFailure()}as\
ync function ve({path:t,handle:e},{byteLength:r,chunks:n},o){let i=0;for await(let s of n){let c=new\
 Uint8Array(s.buffer,s.byteOffset,s.byteLength);if(i+c.length>r)throw W(t,r,\`\${i+c.length} or more\`);\
await X(e,c,i,(u,l)=>re(t,u,l)),i+=c.length,o(c)}if(i!==r)throw W(t,r,String(i))}async function Ue({\
path:t,handle:e},r){let{size:n}=await e.stat({bigint:!0});if(n!==BigInt(r))throw te(t,r,n)}async fun\
ction De(t,e,r,n){let o=m(t.path,e),i=t.fs.for({action:"put a new checkpoint at"});await z(t.host,()\
=>i.rename(r.path,o),()=>oe(t,e,n))}var Me=128;function le(t,e){for(let r=0;r<Me;r++)t[r]=e.charCode\
At(r)}function fe(t){if(!p(t))throw t;let{code:e,message:r,cause:n}=t;return{code:e,message:r.slice(\
\`\${e}: \`.length),cause:n instanceof Error?{message:n.message,fields:{...n}}:void 0}}async function he\
(t,e){let r=new A(t);for(;;){let n=await r.receive();n.kind==="begin"&&r.send({kind:"ended",outcome:\
await je(r,n.job,e)}),r.flush()}}async function je(t,e,r){let n=H(e.folder,r,{isWindows:!1,pause:pe.\
setTimeout}),{path:o,syncEvery:i}=n,s=He(t,e),c=await ue(n,e.key,s,e.condition,{temp:e.temp,beforeRe\
name:F=>le(e.renaming,F)}).catch(fe),{isPrepared:u,known:l}=n;return{folder:{path:o,syncEvery:i,isPr\
epared:u,known:l},result:c}}function He(t,{byteLength:e,partLengths:r}){let n=Be(t);return{byteLengt\
h:e,chunks:r===void 0?n:Ve(n,r)}}async function*Be(t){for(;;){let e=await t.receive();if(e.kind==="c\
ommit")return;if(e.kind!=="bytes")throw new d("KEEPFIT_STORE_FAILED","the store has given up");let{b\
uffer:r,length:n}=e;yield new Uint8Array(r,0,n),t.send({kind:"freed",buffer:r})}}async function*Ve(t\
,e){let r=new g(e,me.crc32);for await(let n of t)r.add(n),yield n;yield r.toBytes()}var A=class{#r;#\
n=[];#e=[];#t=()=>{};constructor(e){this.#r=e,e.on("message",r=>{this.#n.push(...r),this.#t()})}asyn\
c receive(){for(;;){let e=this.#n.shift();if(e!==void 0)return e;this.flush(),await new Promise(r=>{\
this.#t=r})}}send(e){this.#e.push(e)}flush(){if(this.#e.length===0)return;let e=this.#e.flatMap(r=>r\
.kind==="freed"?[r.buffer]:[]);this.#r.postMessage(this.#e,e),this.#e=[]}};var a=require("node:fs"),\
ye=require("node:util"),qe=(0,ye.promisify)(a.fsync),ge={constants:a.constants,open:async(t,e,r)=>Qe\
((0,a.openSync)(t,e,r)),stat:async(t,e)=>(0,a.statSync)(t,e),lstat:async(t,e)=>(0,a.lstatSync)(t,e),\
readdir:async(t,e)=>(0,a.readdirSync)(t,e),mkdir:async(t,e)=>(0,a.mkdirSync)(t,e),rename:async(t,e)=\
>(0,a.renameSync)(t,e),link:async(t,e)=>(0,a.linkSync)(t,e),unlink:async t=>(0,a.unlinkSync)(t)};fun\
ction Qe(t){return{read:async(...e)=>({bytesRead:(0,a.readSync)(t,...e)}),write:async(...e)=>({bytes\
Written:(0,a.writeSync)(t,...e)}),stat:async e=>(0,a.fstatSync)(t,e),sync:()=>qe(t),close:async()=>(\
0,a.closeSync)(t)}}he(Ee.parentPort,ge).catch(t=>{queueMicrotask(()=>{throw t})});`;
